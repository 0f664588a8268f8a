"""The backbone of the PP-OCRv6 detectors."""

from __future__ import annotations

import paddle
import pytest

from ocrflow.nets.lcnet_v4_det import CHANNELS, PPLCNetV4Det


@pytest.mark.parametrize("size", CHANNELS)
def test_four_maps(size):
    net = PPLCNetV4Det(size)
    net.eval()
    maps = net(paddle.zeros([1, 3, 64, 96]))
    expected = [[1, c, 64 // stride, 96 // stride] for c, stride in zip(CHANNELS[size], (4, 8, 16, 32), strict=True)]
    assert [found.shape for found in maps] == expected
    assert net.out_channels == list(CHANNELS[size])
