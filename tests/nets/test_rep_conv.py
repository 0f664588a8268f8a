"""The multi-branch convolution and what becomes of it."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle import nn

from ocrflow.nets.rep_conv import BRANCHES, RepConv, ScalarAffine

SHAPES = [  # channels in and out, kernel, stride, groups
    (8, 8, 3, 1, 8),
    (8, 8, 5, 1, 8),
    (8, 8, 5, (2, 1), 8),
    (8, 8, 3, (1, 2), 8),
    (8, 8, 3, 2, 8),
    (8, 12, 1, 1, 1),
    (8, 8, 1, 1, 1),
    (8, 8, 3, 1, 2),
]


def trained_like(layer: nn.Layer) -> nn.Layer:
    rng = np.random.default_rng(1)
    for tensor in layer.state_dict().values():
        if tensor.ndim == 1:
            tensor.set_value((0.5 + rng.random(tensor.shape)).astype(np.float32))
    layer.eval()
    return layer


@pytest.mark.parametrize(("c_in", "c_out", "kernel", "stride", "groups"), SHAPES)
def test_one_convolution_gives_the_same(c_in, c_out, kernel, stride, groups):
    block = trained_like(RepConv(c_in, c_out, kernel, stride, groups))
    x = paddle.to_tensor(np.random.default_rng(0).standard_normal((2, c_in, 10, 13)).astype(np.float32))
    expected, fused = block(x), block.fused()
    assert abs((fused(x) - expected).numpy()).max() < 1e-5 * abs(expected.numpy()).max()
    convolutions = [layer for layer in fused.sublayers(include_self=True) if isinstance(layer, nn.Conv2D)]
    assert len(convolutions) == 1
    assert not [layer for layer in fused.sublayers() if isinstance(layer, nn.BatchNorm2D)]


@pytest.mark.parametrize(("stride", "has_identity"), [(1, True), (2, False), ((2, 1), False)])
def test_branches(stride, has_identity):
    block = RepConv(8, 8, 3, stride, groups=8)
    assert len(block.conv_kxk) == BRANCHES
    assert (block.identity is not None) == has_identity
    assert RepConv(8, 8, 1).conv_1x1 is None


def test_no_activation_at_stride_2():
    x = paddle.randn([1, 8, 6, 6])
    for stride, activated in ((2, False), ((2, 1), True)):
        block = RepConv(8, 8, 3, stride, groups=8)
        block.eval()
        lowest = block(x).numpy().min()
        assert (lowest >= -0.376) == activated, "hard-swish is never below -0.375"


def test_the_scalars_start_as_the_identity_and_learn_slowly():
    affine = ScalarAffine()
    x = paddle.randn([2, 3])
    assert np.array_equal(affine(x).numpy(), x.numpy())
    assert {parameter.optimize_attr["learning_rate"] for parameter in affine.parameters()} == {0.1}
