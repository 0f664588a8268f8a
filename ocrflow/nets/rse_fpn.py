"""RSEFPN, the neck of the PP-OCRv4 and v5 mobile detectors: a feature pyramid with residual squeeze-and-excite.

Names follow PaddleOCR `ppocr/modeling/necks/db_fpn.py`.
"""

from __future__ import annotations

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.fpn import concat_levels, map_levels, neck_conv, top_down
from ocrflow.nets.layers import SqueezeExcite


class ResidualSE(SqueezeExcite):
    """x + SE(x); the gate's hard sigmoid has the slope 0.2 here, 1/6 elsewhere."""

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        gate_NC11 = self.conv2(F.relu(self.conv1(F.adaptive_avg_pool2d(x_NCHW, 1))))
        return x_NCHW * (1.0 + F.hardsigmoid(gate_NC11, slope=0.2, offset=0.5))


class RSELayer(nn.Layer):
    """Convolution, then residual squeeze-and-excite."""

    def __init__(self, c_in: int, c_out: int, kernel: int):
        super().__init__()
        self.in_conv = neck_conv(c_in, c_out, kernel)
        self.se_block = ResidualSE(c_out)

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return self.se_block(self.in_conv(x_NCHW))


class RSEFPN(nn.Layer):
    """Pyramid of the backbone -> (N x C x H/4 x W/4 features, the top-down maps of C channels each, fine to coarse)."""

    def __init__(self, in_channels: list[int], out_channels: int):
        super().__init__()
        self.out_channels = out_channels
        self.ins_conv = nn.LayerList(RSELayer(c_in, out_channels, 1) for c_in in in_channels)
        self.inp_conv = nn.LayerList(RSELayer(out_channels, out_channels // 4, 3) for _ in in_channels)

    def forward(self, pyramid: list[paddle.Tensor]) -> tuple[paddle.Tensor, list[paddle.Tensor]]:
        levels = top_down(map_levels(self.ins_conv, pyramid))
        return concat_levels(map_levels(self.inp_conv, levels)), levels
