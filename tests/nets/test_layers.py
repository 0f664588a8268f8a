"""Single blocks: each fused block against itself."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrflow.nets.layers import ConvBN, RepDepthwise, SqueezeExcite

X = paddle.to_tensor(np.random.default_rng(0).standard_normal((2, 8, 10, 12)).astype(np.float32))


def with_statistics(layer):
    """Batch statistics and scales unlike the initial 0 and 1."""
    rng = np.random.default_rng(1)
    for name, tensor in layer.state_dict().items():
        if tensor.ndim == 1:
            tensor.set_value(
                (0.5 + rng.random(tensor.shape) if "bias" not in name else rng.random(tensor.shape)).astype("float32")
            )
    layer.eval()
    return layer


@pytest.mark.parametrize(("kernel", "stride", "groups"), [(1, 1, 1), (3, 2, 1), (3, (2, 1), 8), (5, 1, 4)])
def test_conv_bn(kernel, stride, groups):
    block = with_statistics(ConvBN(8, 16, kernel, stride, groups))
    expected, fused = block(X), block.fused()(X)
    assert fused.shape == expected.shape
    assert abs((fused - expected).numpy()).max() < 1e-5


@pytest.mark.parametrize("kernel", [3, 5])
def test_rep_depthwise(kernel):
    block = with_statistics(RepDepthwise(8, kernel))
    assert abs((block.fused()(X) - block(X)).numpy()).max() < 1e-5


def test_squeeze_excite_scales_each_channel():
    block = SqueezeExcite(8)
    gate = (block(X) / X).numpy()
    assert gate.min() >= 0 and gate.max() <= 1
    assert np.ptp(gate, axis=(2, 3)).max() < 1e-4
    mean_NC = X.numpy().mean(axis=(2, 3))
    hidden = np.maximum(mean_NC @ block.conv1.weight.numpy()[:, :, 0, 0].T + block.conv1.bias.numpy(), 0)
    logits = hidden @ block.conv2.weight.numpy()[:, :, 0, 0].T + block.conv2.bias.numpy()
    assert gate[:, :, 0, 0] == pytest.approx(np.clip(logits / 6 + 0.5, 0, 1), abs=1e-4)
