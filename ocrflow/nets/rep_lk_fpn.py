"""RepLKFPN, the neck of the PP-OCRv6 tiny and small detectors: large depthwise kernels trained as parallel branches.

Names follow PaddleOCR `ppocr/modeling/necks/db_fpn.py`; the branches are UniRepLKNet's (arXiv:2311.15599).
"""

from __future__ import annotations

import paddle
from paddle import nn

from ocrflow.nets.fpn import concat_levels, map_levels, neck_conv, top_down
from ocrflow.nets.layers import conv_like, fold_bn
from ocrflow.nets.rse_fpn import ResidualSE, RSELayer

# Kernel of the whole -> (kernel, dilation) of the branches beside it; none reaches further than the whole.
BRANCHES = {
    5: ((3, 1), (3, 2)),
    7: ((5, 1), (3, 2), (3, 3)),
    9: ((5, 1), (5, 2), (3, 3), (3, 4)),
}


class DilatedDepthwise(nn.Layer):
    """Sum of batch-normalised depthwise convolutions, large and dilated; one convolution after `fused()`."""

    def __init__(self, channels: int, kernel: int):
        super().__init__()
        self.lk_origin = _depthwise(channels, kernel)
        self.origin_bn = nn.BatchNorm2D(channels)
        self.branches = BRANCHES[kernel]
        for size, dilation in self.branches:
            self.add_sublayer(f"dil_conv_k{size}_{dilation}", _depthwise(channels, size, dilation))
            self.add_sublayer(f"dil_bn_k{size}_{dilation}", nn.BatchNorm2D(channels))

    def _pairs(self) -> list[tuple[nn.Conv2D, nn.BatchNorm2D]]:
        names = [f"k{size}_{dilation}" for size, dilation in self.branches]
        dilated = [(getattr(self, f"dil_conv_{name}"), getattr(self, f"dil_bn_{name}")) for name in names]
        return [(self.lk_origin, self.origin_bn), *dilated]

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return sum(bn(conv(x_NCHW)) for conv, bn in self._pairs())

    def fused(self) -> nn.Conv2D:
        """The same function in eval mode as a single depthwise convolution with bias."""
        weight, bias = paddle.zeros_like(self.lk_origin.weight), paddle.zeros_like(self.origin_bn.bias)
        middle = weight.shape[-1] // 2
        for conv, bn in self._pairs():
            branch_weight, branch_bias = fold_bn(conv.weight, paddle.zeros_like(bias), bn)
            step = conv._dilation[0]
            reach = step * (branch_weight.shape[-1] // 2)
            taps = slice(middle - reach, middle + reach + 1, step)
            weight[:, :, taps, taps] += branch_weight
            bias += branch_bias
        return conv_like(self.lk_origin, weight, bias)


def _depthwise(channels: int, kernel: int, dilation: int = 1) -> nn.Conv2D:
    padding = dilation * (kernel // 2)
    return nn.Conv2D(channels, channels, kernel, 1, padding, dilation, groups=channels, bias_attr=False)


class RepLKFPN(nn.Layer):
    """Pyramid of the backbone -> (N x C x H/4 x W/4 features, the top-down maps of C channels each, fine to coarse)."""

    def __init__(self, in_channels: list[int], out_channels: int, kernel: int):
        super().__init__()
        self.out_channels = out_channels
        count = range(len(in_channels))
        self.ins_conv = nn.LayerList(RSELayer(c_in, out_channels, 1) for c_in in in_channels)
        self.inp_conv_dw = nn.LayerList(DilatedDepthwise(out_channels, kernel) for _ in count)
        self.inp_conv_pw = nn.LayerList(neck_conv(out_channels, out_channels // 4) for _ in count)
        self.inp_conv_se = nn.LayerList(ResidualSE(out_channels // 4) for _ in count)

    def forward(self, pyramid: list[paddle.Tensor]) -> tuple[paddle.Tensor, list[paddle.Tensor]]:
        levels = top_down(map_levels(self.ins_conv, pyramid))
        maps = levels
        for layers in (self.inp_conv_dw, self.inp_conv_pw, self.inp_conv_se):
            maps = map_levels(layers, maps)
        return concat_levels(maps), levels
