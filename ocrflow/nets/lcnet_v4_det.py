"""PPLCNetV4 as the backbone of the PP-OCRv6 detectors.

Names and numbers follow PaddleOCR `ppocr/modeling/backbones/rec_lcnetv4.py` (June 2026).
"""

from __future__ import annotations

from itertools import pairwise

import paddle
from paddle import nn

from ocrflow.nets.lcnet_v4 import LCNetV4Block, StemBlock

CHANNELS = {"tiny": (32, 48, 64, 160), "small": (48, 96, 192, 384)}  # of the four stages
# The blocks of a stage after the one that halves the size: with squeeze-and-excite or not.
STAGES = ((True, False), (True, False), (True, False, True, False), (True, False))


class PPLCNetV4Det(nn.Layer):
    """Detection backbone, "tiny" or "small": N x 3 x H x W -> maps of 1/4, 1/8, 1/16 and 1/32 of the size.

    Attributes:
        out_channels: channels of the four maps.
    """

    def __init__(self, size: str):
        super().__init__()
        self.out_channels = list(CHANNELS[size])
        first = self.out_channels[0]
        self.stem = StemBlock(first // 2, first)
        widths = pairwise([first, *self.out_channels])
        for number, ((c_in, c_out), squeeze) in enumerate(zip(widths, STAGES, strict=True), start=1):
            halving = [LCNetV4Block(c_in, c_out, 2, use_se=False)] if number > 1 else []
            blocks = [LCNetV4Block(c_out, c_out, 1, use_se) for use_se in squeeze]
            self.add_sublayer(f"blocks_s{number}", nn.Sequential(*halving, *blocks))

    def forward(self, x_N3HW: paddle.Tensor) -> list[paddle.Tensor]:
        x, maps = self.stem(x_N3HW), []
        for stage in (self.blocks_s1, self.blocks_s2, self.blocks_s3, self.blocks_s4):
            x = stage(x)
            maps.append(x)
        return maps
