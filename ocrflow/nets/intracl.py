"""IntraCL, a block that relates neighbouring parts of a text line: wide, tall and square kernels in three rounds.

Names follow PaddleOCR `ppocr/modeling/necks/intracl.py`; the idea is I3CL's (arXiv:2108.01343).
"""

from __future__ import annotations

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.layers import conv_like, fold_bn

KERNELS = (7, 5, 3)


class IntraCL(nn.Layer):
    """x + f(x) with half the channels inside; N x C x H x W stays."""

    def __init__(self, channels: int):
        super().__init__()
        inside = channels // 2
        self.conv1x1_reduce_channel = nn.Conv2D(channels, inside, 1)
        self.conv1x1_return_channel = nn.Conv2D(inside, channels, 1)
        for kind in ("v", "q", "c"):
            for size in KERNELS:
                name, kernel = _name_and_kernel(kind, size)
                padding = (kernel[0] // 2, kernel[1] // 2)
                self.add_sublayer(name, nn.Conv2D(inside, inside, kernel, padding=padding))
        self.bn = nn.BatchNorm2D(channels)

    def _round(self, size: int) -> list[nn.Conv2D]:
        return [getattr(self, _name_and_kernel(kind, size)[0]) for kind in ("c", "v", "q")]

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        y = self.conv1x1_reduce_channel(x_NCHW)
        for size in KERNELS:
            y = sum(conv(y) for conv in self._round(size))
        return x_NCHW + F.relu(self.bn(self.conv1x1_return_channel(y)))

    def fused(self) -> nn.Layer:
        """The same function in eval mode with one convolution a round and no batch normalisation."""
        rounds = [_sum_of(*self._round(size)) for size in KERNELS]
        back = self.conv1x1_return_channel
        back = conv_like(back, *fold_bn(back.weight, back.bias, self.bn))
        return Residual(self.conv1x1_reduce_channel, *rounds, back, nn.ReLU())


class Residual(nn.Sequential):
    """x + the chain of layers applied to x."""

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return x_NCHW + super().forward(x_NCHW)


def _name_and_kernel(kind: str, size: int) -> tuple[str, tuple[int, int]]:
    """Official name and (rows, columns) of the vertical (v), horizontal (q) or square (c) convolution of a round."""
    kernel = {"v": (size, 1), "q": (1, size), "c": (size, size)}[kind]
    return f"{kind}_layer_{kernel[0]}x{kernel[1]}", kernel


def _sum_of(square: nn.Conv2D, vertical: nn.Conv2D, horizontal: nn.Conv2D) -> nn.Conv2D:
    weight, bias = square.weight.clone(), square.bias + vertical.bias + horizontal.bias
    middle = weight.shape[-1] // 2
    weight[:, :, :, middle : middle + 1] += vertical.weight
    weight[:, :, middle : middle + 1, :] += horizontal.weight
    return conv_like(square, weight, bias)
