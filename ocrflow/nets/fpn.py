"""What the detectors' necks share: nearest upsampling and the two ends of a feature pyramid.

A pyramid is a list of four maps, fine to coarse: 1/4, 1/8, 1/16 and 1/32 of the image's rows and columns, which must be
multiples of 32.
"""

from __future__ import annotations

from collections.abc import Sequence

import paddle
from paddle import nn

STRIDES = (4, 8, 16, 32)  # pixels of the image a row or column of each map


def upsample_nearest(x_NCHW: paddle.Tensor, factor: int) -> paddle.Tensor:
    """N x C x H x W -> N x C x (factor * H) x (factor * W), every value repeated.

    Written with `tile`, not `interpolate`: an exported `interpolate` fails on CPU in paddlepaddle 3.3.0 and 3.3.1 and
    stops paddle2onnx; this runs there, is exact, and is twice as fast to train.
    """
    if factor == 1:
        return x_NCHW
    _, channels, height, width = x_NCHW.shape
    repeated_NCHFWF = x_NCHW.unsqueeze([3, 5]).tile([1, 1, 1, factor, 1, factor])
    return repeated_NCHFWF.reshape([-1, channels, height * factor, width * factor])


def top_down(laterals: list[paddle.Tensor]) -> list[paddle.Tensor]:
    """To each map (equal channels) the coarser ones are added, upsampled (Lin et al., 2017, arXiv:1612.03144)."""
    levels = [laterals[-1]]
    for lateral in reversed(laterals[:-1]):
        levels.insert(0, lateral + upsample_nearest(levels[0], 2))
    return levels


def concat_levels(levels: list[paddle.Tensor]) -> paddle.Tensor:
    """All maps at 1/4 of the image's size, concatenated from coarse to fine."""
    upsampled = [upsample_nearest(level, STRIDES[i] // STRIDES[0]) for i, level in enumerate(levels)]
    return paddle.concat(upsampled[::-1], axis=1)


def map_levels(layers: Sequence[nn.Layer], maps: list[paddle.Tensor]) -> list[paddle.Tensor]:
    """Each map through the layer in its place (not with `zip(strict=True)`, which Paddle's export cannot read)."""
    return [layers[i](x_NCHW) for i, x_NCHW in enumerate(maps)]


def neck_conv(c_in: int, c_out: int, kernel: int = 1, stride: int = 1) -> nn.Conv2D:
    """A convolution as the necks have it: no bias, "same" padding, Kaiming-uniform start."""
    init = nn.initializer.KaimingUniform()
    return nn.Conv2D(c_in, c_out, kernel, stride, kernel // 2, weight_attr=init, bias_attr=False)
