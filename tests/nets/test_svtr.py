"""The encoders before the CTC head."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrflow.nets.svtr import ConvNormSwish, LightSVTREncoder, LocalConv, SVTRBlock, SVTREncoder

X = paddle.to_tensor(np.random.default_rng(0).standard_normal((2, 16, 1, 9)).astype(np.float32))


@pytest.mark.parametrize("encoder", [SVTREncoder, LightSVTREncoder])
def test_one_vector_a_time_step_that_sees_all_others(encoder):
    paddle.seed(2)
    net = encoder(16, channels=24)
    net.eval()
    out = net(X)
    assert out.shape == [2, net.out_channels, 1, 9]
    changed = X.clone()
    changed[0, :, :, 8] += 5.0
    difference = abs((net(changed) - out).numpy()).max(axis=(1, 2))
    assert difference[0].min() > 0, "the first time step sees the last one"
    assert difference[1].max() == 0, "images do not see each other"


def test_a_block_adds_to_its_input():
    block = SVTRBlock(24, mlp_ratio=2)
    block.eval()
    for layer in (block.mixer.proj, block.mlp.fc2):
        layer.weight.set_value(paddle.zeros_like(layer.weight))
        layer.bias.set_value(paddle.zeros_like(layer.bias))
    x = paddle.randn([1, 5, 24])
    assert np.array_equal(block(x).numpy(), x.numpy())


@pytest.mark.parametrize("block", [ConvNormSwish(16, 16), ConvNormSwish(16, 16, 3), LocalConv(16, 7)])
def test_convolution_without_its_normalisation(block):
    rng = np.random.default_rng(1)
    for tensor in block.state_dict().values():
        if tensor.ndim == 1:
            tensor.set_value((0.5 + rng.random(tensor.shape)).astype(np.float32))
    block.eval()
    assert block(X).shape == X.shape
    assert abs((block.fused()(X) - block(X)).numpy()).max() < 1e-5
    assert not [layer for layer in block.fused().sublayers() if isinstance(layer, paddle.nn.BatchNorm2D)]
