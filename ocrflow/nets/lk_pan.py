"""LKPAN with IntraCL, the neck of the server detectors: a path aggregation network with 9x9 kernels.

Names follow PaddleOCR `ppocr/modeling/necks/db_fpn.py`.
"""

from __future__ import annotations

import paddle
from paddle import nn

from ocrflow.nets.fpn import concat_levels, map_levels, neck_conv, top_down
from ocrflow.nets.intracl import IntraCL

KERNEL = 9


class LKPAN(nn.Layer):
    """Pyramid of the backbone -> (N x C x H/4 x W/4 features, the top-down maps of C channels each, fine to coarse)."""

    def __init__(self, in_channels: list[int], out_channels: int):
        super().__init__()
        self.out_channels = out_channels
        quarter, count = out_channels // 4, range(len(in_channels))
        self.ins_conv = nn.LayerList(neck_conv(c_in, out_channels) for c_in in in_channels)
        self.inp_conv = nn.LayerList(neck_conv(out_channels, quarter, KERNEL) for _ in count)
        self.pan_head_conv = nn.LayerList(neck_conv(quarter, quarter, 3, stride=2) for _ in count[1:])
        self.pan_lat_conv = nn.LayerList(neck_conv(quarter, quarter, KERNEL) for _ in count)
        for number in count:
            self.add_sublayer(f"incl{number + 1}", IntraCL(quarter))

    def forward(self, pyramid: list[paddle.Tensor]) -> tuple[paddle.Tensor, list[paddle.Tensor]]:
        levels = top_down(map_levels(self.ins_conv, pyramid))
        paths = map_levels(self.inp_conv, levels)
        for number, down in enumerate(self.pan_head_conv):
            paths[number + 1] = paths[number + 1] + down(paths[number])
        outs = map_levels(self.pan_lat_conv, paths)
        related = map_levels([self.incl1, self.incl2, self.incl3, self.incl4], outs)
        return concat_levels(related), levels
