"""The neck of the PP-OCRv6 detectors and its re-parameterisation."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle import nn

from ocrflow.nets.rep_lk_fpn import BRANCHES, DilatedDepthwise, RepLKFPN


@pytest.mark.parametrize("kernel", BRANCHES)
def test_the_branches_are_one_convolution(kernel):
    rng = np.random.default_rng(1)
    layer = DilatedDepthwise(6, kernel)
    for tensor in layer.state_dict().values():
        if tensor.ndim == 1:
            tensor.set_value((0.5 + rng.random(tensor.shape)).astype(np.float32))
    layer.eval()
    x = paddle.to_tensor(rng.standard_normal((2, 6, 11, 14)).astype(np.float32))
    fused = layer.fused()
    assert isinstance(fused, nn.Conv2D) and fused.weight.shape == [6, 1, kernel, kernel]
    expected = layer(x).numpy()
    assert expected.std() > 0.1
    assert abs(fused(x).numpy() - expected).max() < 1e-5 * abs(expected).max()


@pytest.mark.parametrize("kernel", BRANCHES)
def test_no_branch_reaches_further_than_the_whole(kernel):
    assert all(dilation * (size // 2) <= kernel // 2 for size, dilation in BRANCHES[kernel])


def test_features_and_levels():
    neck = RepLKFPN([4, 6, 8, 10], out_channels=16, kernel=5)
    pyramid = [paddle.randn([2, c, 16 // 2**i, 24 // 2**i]) for i, c in enumerate((4, 6, 8, 10))]
    features, levels = neck(pyramid)
    assert features.shape == [2, 16, 16, 24]
    assert [level.shape for level in levels] == [[2, 16, 16 // 2**i, 24 // 2**i] for i in range(4)]
