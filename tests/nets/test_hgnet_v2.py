"""PPHGNetV2 B4 and its blocks."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrflow.nets.hgnet_v2 import HGV2Block, PPHGNetV2B4


@pytest.mark.parametrize("det", [True, False])
@paddle.no_grad()
def test_outputs(det):
    net = PPHGNetV2B4(det)
    net.eval()
    if det:
        maps = net(paddle.zeros([1, 3, 32, 64]))
        assert [x.shape[1:] for x in maps] == [[128, 8, 16], [512, 4, 8], [1024, 2, 4], [2048, 1, 2]]
        assert net.out_channels == [128, 512, 1024, 2048]
    else:
        assert net(paddle.zeros([1, 3, 48, 100])).shape == [1, net.out_channels, 1, 12]
    assert (net.fc is None) == det


def test_the_unused_classifier_is_not_trained():
    net = PPHGNetV2B4(det=False)
    frozen = {name for name, parameter in net.named_parameters() if parameter.stop_gradient}
    statistics = {name for name in frozen if name.endswith(("_mean", "_variance"))}
    assert frozen - statistics == {"last_conv.weight", "fc.weight", "fc.bias"}


@pytest.mark.parametrize(("light", "kernel"), [(True, 5), (False, 3)])
def test_residual_block_adds_its_input(light, kernel):
    block = HGV2Block(8, 4, 8, light, kernel, identity=True)
    block.eval()
    x = paddle.randn([1, 8, 6, 6])
    with_input = block(x)
    block.identity = False
    assert np.allclose(with_input.numpy(), (block(x) + x).numpy(), atol=1e-6)
