"""Building blocks that the PP-OCR networks share.

Shapes: N images, C channels, H and W feature rows and columns. Attribute names are those of the official checkpoints
(PaddleOCR `ppocr/modeling`), so that their tensors load by name.

A layer with a method `fused()` is replaced by what it returns when the network is re-parameterised (`fuse.py`). A layer
may name in `training_only` the sublayers that its eval mode does not use; they are taken out then.
"""

from __future__ import annotations

import paddle
from paddle import nn
from paddle.nn import functional as F


class ConvBN(nn.Sequential):
    """Convolution without bias, then batch normalisation: `conv`, `bn`."""

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernel: int = 1,
        stride: int | tuple[int, int] = 1,
        groups: int = 1,
        bn_weight: float = 1.0,
        init: nn.initializer.Initializer | None = None,
    ):
        super().__init__()
        conv = nn.Conv2D(
            c_in, c_out, kernel, stride, (kernel - 1) // 2, groups=groups, weight_attr=init, bias_attr=False
        )
        self.add_sublayer("conv", conv)
        self.add_sublayer("bn", nn.BatchNorm2D(c_out, weight_attr=nn.initializer.Constant(bn_weight)))

    def fused(self) -> nn.Conv2D:
        """One convolution with bias that gives the same output as this block in eval mode."""
        weight, bias = fold_bn(self.conv.weight, paddle.zeros_like(self.bn.bias), self.bn)
        return conv_like(self.conv, weight, bias)


class SqueezeExcite(nn.Layer):
    """Channel attention from the mean over H and W (Hu et al., 2018, arXiv:1709.01507), reduction 4."""

    def __init__(self, channels: int, reduction: int = 4):
        super().__init__()
        self.conv1 = nn.Conv2D(channels, channels // reduction, 1)
        self.conv2 = nn.Conv2D(channels // reduction, channels, 1)

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        gate_NC11 = F.relu(self.conv1(F.adaptive_avg_pool2d(x_NCHW, 1)))  # oneDNN prints a line a model for `mean`
        return x_NCHW * F.hardsigmoid(self.conv2(gate_NC11))


class RepDepthwise(nn.Layer):
    """Depthwise 3x3 + depthwise 1x1 + identity, then batch normalisation; one 3x3 convolution after `fused()`."""

    def __init__(self, channels: int, kernel: int = 3):
        super().__init__()
        self.conv = ConvBN(channels, channels, kernel, groups=channels)
        self.conv1 = nn.Conv2D(channels, channels, 1, groups=channels, bias_attr=False)
        self.bn = nn.BatchNorm2D(channels)

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return self.bn(self.conv(x_NCHW) + self.conv1(x_NCHW) + x_NCHW)

    def fused(self) -> nn.Conv2D:
        """The same function in eval mode as a single depthwise convolution with bias."""
        conv = self.conv.fused()
        pad = conv.weight.shape[-1] // 2
        pointwise = self.conv1.weight + paddle.ones_like(self.conv1.weight)  # the 1x1 branch and the identity
        weight, bias = fold_bn(conv.weight + F.pad(pointwise, [pad] * 4), conv.bias, self.bn)
        return conv_like(conv, weight, bias)


def fold_bn(weight: paddle.Tensor, bias: paddle.Tensor, bn: nn.Layer) -> tuple[paddle.Tensor, paddle.Tensor]:
    """Weight (C_out x ...) and bias (C_out) of a convolution that does the work of `bn` (eval mode) as well."""
    scale = bn.weight / paddle.sqrt(bn._variance + bn._epsilon)
    return weight * scale.reshape([-1] + [1] * (weight.ndim - 1)), bn.bias + (bias - bn._mean) * scale


@paddle.no_grad()
def conv_like(conv: nn.Conv2D, weight: paddle.Tensor, bias: paddle.Tensor) -> nn.Conv2D:
    """A Conv2D of `conv`'s geometry with the given weight and bias."""
    c_out, c_in_per_group, *kernel = weight.shape
    new = nn.Conv2D(
        c_in_per_group * conv._groups, c_out, kernel, conv._stride, conv._padding, conv._dilation, conv._groups
    )
    new.to(dtype=weight.dtype)
    new.weight.set_value(weight)
    new.bias.set_value(bias)
    return new
