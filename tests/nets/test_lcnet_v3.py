"""The backbone of the mobile models of PP-OCRv4 and v5."""

from __future__ import annotations

import paddle
import pytest

from ocrflow.nets.lcnet_v3 import PPLCNetV3, scaled


@pytest.mark.parametrize(
    ("channels", "scale", "expected"), [(16, 0.95, 16), (512, 0.95, 480), (64, 0.75, 48), (16, 0.1, 16), (36, 1.0, 48)]
)
def test_channels_are_multiples_of_16_and_not_much_fewer(channels, scale, expected):
    assert scaled(channels, scale) == expected


@pytest.mark.parametrize(("width", "steps"), [(16, 2), (99, 12), (104, 13), (320, 40)])
def test_recognition(width, steps):
    net = PPLCNetV3(scale=0.5)
    net.eval()
    with paddle.no_grad():
        assert net(paddle.zeros([1, 3, 48, width])).shape == [1, net.out_channels, 1, steps]


@pytest.mark.parametrize("size", [(64, 96), (32, 32), (50, 77)])
def test_detection(size):
    net = PPLCNetV3(scale=0.75, det=True)
    net.eval()
    with paddle.no_grad():
        maps = net(paddle.zeros([1, 3, *size]))
    assert net.out_channels == [12, 18, 42, 360]
    for number, (features, channels) in enumerate(zip(maps, net.out_channels, strict=True)):
        assert features.shape == [1, channels, *(-(-pixels // (4 * 2**number)) for pixels in size)]
