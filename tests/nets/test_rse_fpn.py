"""The neck of the mobile detectors."""

from __future__ import annotations

import numpy as np
import paddle

from ocrflow.nets.rse_fpn import RSEFPN, ResidualSE


def test_features_and_levels():
    neck = RSEFPN([4, 6, 8, 10], out_channels=16)
    pyramid = [paddle.randn([2, c, 16 // 2**i, 24 // 2**i]) for i, c in enumerate((4, 6, 8, 10))]
    features, levels = neck(pyramid)
    assert features.shape == [2, 16, 16, 24]
    assert [level.shape for level in levels] == [[2, 16, 16 // 2**i, 24 // 2**i] for i in range(4)]


def test_the_gate_has_slope_one_fifth():
    """x * (1 + gate): twice the input where it is open, the input where it is shut, linear between."""
    layer = ResidualSE(4)
    x = paddle.randn([1, 4, 3, 3])
    layer.conv2.weight.set_value(paddle.zeros_like(layer.conv2.weight))
    for gate, factor in ((3.0, 2.0), (0.5, 1.6), (-3.0, 1.0)):
        layer.conv2.bias.set_value(paddle.full([4], gate))
        assert np.allclose(layer(x).numpy(), factor * x.numpy(), atol=1e-6)
