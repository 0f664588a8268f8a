"""The multi-branch convolution of PPLCNetV3, one convolution at inference.

Names follow PaddleOCR `ppocr/modeling/backbones/rec_lcnetv3.py` (`LearnableRepLayer`); the idea is RepVGG's (Ding et
al., 2021, arXiv:2101.03697) with scalar affine layers.
"""

from __future__ import annotations

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.layers import ConvBN, conv_like, fold_bn

BRANCHES = 4  # equal k x k convolutions beside the 1 x 1 convolution and the identity
AFFINE_LEARNING_RATE = 0.1  # of the network's


class ScalarAffine(nn.Layer):
    """x -> scale * x + bias with one trained number each."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = self._number(1.0)
        self.bias = self._number(0.0)

    def _number(self, value: float) -> paddle.Tensor:
        start = nn.initializer.Constant(value)
        return self.create_parameter([1], paddle.ParamAttr(initializer=start, learning_rate=AFFINE_LEARNING_RATE))

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return self.scale * x_NCHW + self.bias


class RepConv(nn.Layer):
    """Sum of convolutions and identity, each batch-normalised; affine; then hard-swish and affine, but not at stride 2.

    N x C_in x H x W -> N x C_out x H' x W' with "same" padding.
    """

    def __init__(self, c_in: int, c_out: int, kernel: int, stride: int | tuple[int, int] = 1, groups: int = 1):
        super().__init__()
        init = nn.initializer.KaimingNormal()
        self.identity = nn.BatchNorm2D(c_in) if c_in == c_out and stride == 1 else None
        self.conv_kxk = nn.LayerList(ConvBN(c_in, c_out, kernel, stride, groups, init=init) for _ in range(BRANCHES))
        self.conv_1x1 = ConvBN(c_in, c_out, 1, stride, groups, init=init) if kernel > 1 else None
        self.lab = ScalarAffine()
        self.act = nn.Sequential(("act", nn.Hardswish()), ("lab", ScalarAffine()))
        self.activated = stride != 2

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        # Added in this order, the sum is PaddleOCR's to the last bit.
        branches = [self.identity, self.conv_1x1, *self.conv_kxk]
        total = self.lab(sum(branch(x_NCHW) for branch in branches if branch is not None))
        return self.act(total) if self.activated else total

    def fused(self) -> nn.Layer:
        """The same function in eval mode: one convolution with bias, then the activation if there is one."""
        conv = self.conv_kxk[0].conv
        pad = conv.weight.shape[-1] // 2
        weight, bias = self._identity_as_conv()
        for branch in (branch.fused() for branch in [*self.conv_kxk, self.conv_1x1] if branch is not None):
            missing = pad - branch.weight.shape[-1] // 2
            weight, bias = weight + F.pad(branch.weight, [missing] * 4), bias + branch.bias
        fused = conv_like(conv, weight * self.lab.scale, bias * self.lab.scale + self.lab.bias)
        return nn.Sequential(fused, self.act) if self.activated else fused

    def _identity_as_conv(self) -> tuple[paddle.Tensor, paddle.Tensor]:
        """Weight and bias of a convolution that does what the identity branch does; zeros without one."""
        like = self.conv_kxk[0].conv.weight
        weight, bias = paddle.zeros_like(like), paddle.zeros([like.shape[0]], like.dtype)
        if self.identity is None:
            return weight, bias
        c_out, c_per_group, height, width = like.shape
        channel = paddle.arange(c_out)
        weight[channel, channel % c_per_group, height // 2, width // 2] = 1.0
        return fold_bn(weight, bias, self.identity)
