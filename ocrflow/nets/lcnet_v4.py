"""PPLCNetV4, the backbone of the PP-OCRv6 recognisers: depthwise token mixing, pointwise channel mixing.

Names and numbers follow PaddleOCR `ppocr/modeling/backbones/rec_lcnetv4.py` (June 2026).
"""

from __future__ import annotations

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.layers import ConvBN, RepDepthwise, SqueezeExcite

# A block is (channels in, channels out, stride, squeeze-and-excite); every depthwise kernel is 3x3.
Block = tuple[int, int, int | tuple[int, int], bool]
Stages = dict[str, list[Block]]
TINY_REC: Stages = {
    "blocks2": [(48, 48, 1, True)],
    "blocks3": [(48, 48, 1, False)],
    "blocks4": [(48, 96, (2, 1), False), (96, 96, 1, True), (96, 96, 1, False)],
    "blocks5": [(96, 160, (2, 1), False), (160, 160, 1, True), (160, 160, 1, False), (160, 160, 1, False)],
}
SMALL_REC: Stages = {
    "blocks2": [(96, 96, 1, True)],
    "blocks3": [(96, 96, 1, False)] * 2,
    "blocks4": [(96, 192, (2, 1), False), *[(192, 192, 1, True), (192, 192, 1, False)] * 3],
    "blocks5": [(192, 384, (2, 1), False), (384, 384, 1, True), (384, 384, 1, False)],
}


class LCNetV4Block(nn.Layer):
    """Token mixer (depthwise, maybe SE), then channel mixer (x2 expand, GELU, compress); residual if shapes allow."""

    def __init__(self, c_in: int, c_out: int, stride: int | tuple[int, int], use_se: bool):
        super().__init__()
        self.residual = stride == 1 and c_in == c_out
        self.token_mixer = nn.Sequential()
        if self.residual:
            self.token_mixer.add_sublayer("rep_dw", RepDepthwise(c_in))
        else:
            self.token_mixer.add_sublayer("dw_conv", ConvBN(c_in, c_in, 3, stride, groups=c_in))
        if use_se:
            self.token_mixer.add_sublayer("se", SqueezeExcite(c_in))
        self.channel_mixer = nn.Sequential()
        self.channel_mixer.add_sublayer("expand", ConvBN(c_in, 2 * c_in))
        self.channel_mixer.add_sublayer("act", nn.GELU())
        self.channel_mixer.add_sublayer("compress", ConvBN(2 * c_in, c_out, bn_weight=0.0 if self.residual else 1.0))

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        x_NCHW = self.token_mixer(x_NCHW)
        return x_NCHW + self.channel_mixer(x_NCHW) if self.residual else self.channel_mixer(x_NCHW)


class StemBlock(nn.Layer):
    """Two stride-2 convolutions; between them a small convolution branch beside a max-pool: 1/4 of the size."""

    def __init__(self, c_mid: int, c_out: int):
        super().__init__()
        self.stem1 = ConvBN(3, c_mid, 3, 2)
        self.stem2a = ConvBN(c_mid, c_mid // 2, 2)
        self.stem2b = ConvBN(c_mid // 2, c_mid, 2)
        self.stem3 = ConvBN(2 * c_mid, c_mid, 3, 2)
        self.stem4 = ConvBN(c_mid, c_out)

    def forward(self, x_N3HW: paddle.Tensor) -> paddle.Tensor:
        x = F.relu(self.stem1(x_N3HW))
        branch = F.relu(self.stem2a(_keep_size(x)))
        branch = F.relu(self.stem2b(_keep_size(branch)))
        pooled = F.max_pool2d(_keep_size(x), 2, stride=1)  # no value is below the zeros of the margin
        return F.relu(self.stem4(F.relu(self.stem3(paddle.concat([pooled, branch], axis=1)))))


def _keep_size(x_NCHW: paddle.Tensor) -> paddle.Tensor:
    """A margin of zeros at the right and the bottom, so that 2 x 2 windows give as many rows and columns."""
    return F.pad(x_NCHW, [0, 1, 0, 1])


class PPLCNetV4Rec(nn.Layer):
    """Recognition backbone, "tiny" or "small": N x 3 x 48 x W -> N x C x 1 x T time steps, T = ceil(W / 4) // 2.

    Attributes:
        out_channels: C.
    """

    def __init__(self, size: str = "tiny"):
        super().__init__()
        stages = {"tiny": TINY_REC, "small": SMALL_REC}[size]
        tiny_stem = (ConvBN(3, 24, 3, 2), nn.GELU(), ConvBN(24, 48, 3, 2))
        self.conv1 = nn.Sequential(*tiny_stem) if size == "tiny" else StemBlock(48, 96)
        for name, blocks in stages.items():
            self.add_sublayer(name, nn.Sequential(*(LCNetV4Block(*block) for block in blocks)))
        self.out_channels = stages["blocks5"][-1][1]

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        x = self.blocks5(self.blocks4(self.blocks3(self.blocks2(self.conv1(x_NCHW)))))
        # PaddleOCR pools to 40 columns while training: this pool at its fixed width of 320, and wrong at others.
        return F.avg_pool2d(x, [3, 2])
