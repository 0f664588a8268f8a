"""What the necks share."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle.nn import functional as F

from ocrflow.nets.fpn import concat_levels, map_levels, neck_conv, top_down, upsample_nearest


@pytest.mark.parametrize("factor", [1, 2, 4, 8])
def test_upsampling_is_nearest_interpolation(factor):
    x = paddle.randn([2, 3, 4, 5])
    expected = F.interpolate(x, scale_factor=factor, mode="nearest") if factor > 1 else x
    assert np.array_equal(upsample_nearest(x, factor).numpy(), expected.numpy())


def test_gradients_of_upsampling_add_up():
    x = paddle.ones([1, 1, 2, 3])
    x.stop_gradient = False
    upsample_nearest(x, 4).sum().backward()
    assert (x.grad.numpy() == 16).all()


def test_every_level_gets_all_coarser_ones():
    laterals = [
        paddle.full([1, 1, size, size], value) for size, value in ((8, 1.0), (4, 10.0), (2, 100.0), (1, 1000.0))
    ]
    levels = top_down(laterals)
    assert [level.shape[-1] for level in levels] == [8, 4, 2, 1]
    assert [float(level.numpy().max()) for level in levels] == [1111, 1110, 1100, 1000]


def test_levels_are_concatenated_from_coarse_to_fine():
    levels = [paddle.full([1, 2, 16 // 2**i, 24 // 2**i], float(i)) for i in range(4)]
    joined = concat_levels(levels)
    assert joined.shape == [1, 8, 16, 24]
    assert joined[0, :, 0, 0].numpy().tolist() == [3, 3, 2, 2, 1, 1, 0, 0]


def test_each_map_goes_through_its_layer():
    layers = [neck_conv(2, 3), neck_conv(2, 4, 3), neck_conv(2, 5, 3, stride=2)]
    shapes = [y.shape for y in map_levels(layers, [paddle.randn([1, 2, 8, 6])] * 3)]
    assert shapes == [[1, 3, 8, 6], [1, 4, 8, 6], [1, 5, 4, 3]]
    assert all(layer.bias is None for layer in layers)
