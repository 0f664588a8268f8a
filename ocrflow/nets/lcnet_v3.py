"""PPLCNetV3, the backbone of the PP-OCRv4 and v5 mobile models: blocks of depthwise and pointwise `RepConv`.

Names and numbers follow PaddleOCR `ppocr/modeling/backbones/rec_lcnetv3.py`.
"""

from __future__ import annotations

from itertools import pairwise

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.layers import ConvBN, SqueezeExcite
from ocrflow.nets.rep_conv import RepConv

# A block is (kernel, channels out at scale 1, squeeze-and-excite); it starts from the channels of the one before.
Block = tuple[int, int, bool]
STEM = 16  # channels of the first convolution at scale 1, stride 2
STAGES: dict[str, list[Block]] = {
    "blocks2": [(3, 32, False)],
    "blocks3": [(3, 64, False)] * 2,
    "blocks4": [(3, 128, False)] * 2,
    "blocks5": [(3, 256, False)] + [(5, 256, False)] * 4,
    "blocks6": [(5, 512, True)] * 2 + [(5, 512, False)] * 2,
}
Stride = int | tuple[int, int]
# The stride of a stage's first block; recognition also narrows the third block of blocks6.
DETECTION_STRIDES: dict[tuple[str, int], Stride] = {(f"blocks{stage}", 0): 2 for stage in (3, 4, 5, 6)}
RECOGNITION_STRIDES: dict[tuple[str, int], Stride] = {
    ("blocks4", 0): (2, 1),
    ("blocks5", 0): (1, 2),
    ("blocks6", 0): (2, 1),
    ("blocks6", 2): (2, 1),
}
DETECTION_CHANNELS = (16, 24, 56, 480)  # of the four feature maps at scale 1


def scaled(channels: int, scale: float, divisor: int = 16) -> int:
    """`channels * scale` rounded to a multiple of `divisor`, at least one, and not below 90 % of the product."""
    wanted = channels * scale
    rounded = max(divisor, int(wanted + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * wanted else rounded + divisor


class LCNetV3Block(nn.Layer):
    """Depthwise convolution, maybe squeeze-and-excite, pointwise convolution."""

    def __init__(self, c_in: int, c_out: int, kernel: int, stride: Stride, use_se: bool):
        super().__init__()
        self.dw_conv = RepConv(c_in, c_in, kernel, stride, groups=c_in)
        if use_se:
            self.se = SqueezeExcite(c_in)
        self.use_se = use_se
        self.pw_conv = RepConv(c_in, c_out, 1)

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        x_NCHW = self.dw_conv(x_NCHW)
        return self.pw_conv(self.se(x_NCHW) if self.use_se else x_NCHW)


class PPLCNetV3(nn.Layer):
    """Backbone; `scale` multiplies the channels.

    Recognition: N x 3 x 48 x W -> N x C x 1 x T time steps, T = ceil(W / 4) // 2.
    Detection: N x 3 x H x W -> four maps of 1/4, 1/8, 1/16 and 1/32 of the size.

    Attributes:
        out_channels: C, or a list of the channels of the four maps.
    """

    def __init__(self, scale: float, det: bool = False):
        super().__init__()
        self.det = det
        strides = DETECTION_STRIDES if det else RECOGNITION_STRIDES
        c_in = scaled(STEM, scale)
        self.conv1 = ConvBN(3, c_in, 3, 2, init=nn.initializer.KaimingNormal())
        stage_channels = []
        for name, blocks in STAGES.items():
            channels = [c_in, *(scaled(c_out, scale) for _, c_out, _ in blocks)]
            layers = [
                LCNetV3Block(*pair, kernel, strides.get((name, place), 1), use_se)
                for place, (pair, (kernel, _, use_se)) in enumerate(zip(pairwise(channels), blocks, strict=True))
            ]
            self.add_sublayer(name, nn.Sequential(*layers))
            c_in = channels[-1]
            stage_channels.append(c_in)
        self.out_channels: int | list[int] = c_in
        if det:
            self.out_channels = [int(channels * scale) for channels in DETECTION_CHANNELS]
            pairs = zip(stage_channels[1:], self.out_channels, strict=True)
            self.layer_list = nn.LayerList(nn.Conv2D(*pair, 1) for pair in pairs)

    def forward(self, x_N3HW: paddle.Tensor) -> paddle.Tensor | list[paddle.Tensor]:
        x = self.blocks2(self.conv1(x_N3HW))
        maps = []
        for number, stage in enumerate((self.blocks3, self.blocks4, self.blocks5, self.blocks6)):
            x = stage(x)
            if self.det:
                maps.append(self.layer_list[number](x))
        if self.det:
            return maps
        # PaddleOCR pools to 40 columns while training: this pool at its fixed width of 320, and wrong at others.
        return F.avg_pool2d(x, [3, 2])
