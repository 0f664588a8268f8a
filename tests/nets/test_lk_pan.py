"""The neck of the server detectors."""

from __future__ import annotations

import paddle

from ocrflow.nets.lk_pan import LKPAN


def test_features_and_levels():
    neck = LKPAN([4, 6, 8, 10], out_channels=16)
    pyramid = [paddle.randn([2, c, 16 // 2**i, 24 // 2**i]) for i, c in enumerate((4, 6, 8, 10))]
    features, levels = neck(pyramid)
    assert features.shape == [2, 16, 16, 24]
    assert [level.shape for level in levels] == [[2, 16, 16 // 2**i, 24 // 2**i] for i in range(4)]


def test_a_fine_map_reaches_every_output_on_the_way_down():
    """The bottom-up path carries 1/4 into 1/32, the first C/4 channels of the features."""
    neck = LKPAN([4, 6, 8, 10], out_channels=16)
    neck.eval()
    pyramid = [paddle.zeros([1, c, 32 // 2**i, 32 // 2**i]) for i, c in enumerate((4, 6, 8, 10))]
    empty, _ = neck(pyramid)
    pyramid[0] = paddle.randn(pyramid[0].shape)
    features, _ = neck(pyramid)
    change_C = abs((features - empty).numpy()).max(axis=(0, 2, 3))
    assert (change_C[:4] > 1e-6).any() and (change_C[-4:] > 1e-6).any()
