"""PPLCNetV4, the backbone of PP-OCRv6: depthwise token mixing, pointwise channel mixing.

Names and numbers follow PaddleOCR `ppocr/modeling/backbones/rec_lcnetv4.py` (June 2026).
"""

from __future__ import annotations

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.layers import ConvBN, RepDepthwise, SqueezeExcite

# A block is (channels in, channels out, stride, squeeze-and-excite); every depthwise kernel is 3x3.
Block = tuple[int, int, int | tuple[int, int], bool]
TINY_REC: dict[str, list[Block]] = {
    "blocks2": [(48, 48, 1, True)],
    "blocks3": [(48, 48, 1, False)],
    "blocks4": [(48, 96, (2, 1), False), (96, 96, 1, True), (96, 96, 1, False)],
    "blocks5": [(96, 160, (2, 1), False), (160, 160, 1, True), (160, 160, 1, False), (160, 160, 1, False)],
}
TINY_REC_STEM = (24, 48)  # channels of the two stride-2 convolutions


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


class PPLCNetV4Rec(nn.Layer):
    """Recognition backbone: N x 3 x 48 x W -> N x 160 x 1 x T time steps, T = ceil(W / 4) // 2."""

    out_channels = 160

    def __init__(self) -> None:
        super().__init__()
        mid, out = TINY_REC_STEM
        self.conv1 = nn.Sequential(ConvBN(3, mid, 3, 2), nn.GELU(), ConvBN(mid, out, 3, 2))
        for name, blocks in TINY_REC.items():
            self.add_sublayer(name, nn.Sequential(*(LCNetV4Block(*block) for block in blocks)))

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        x = self.blocks5(self.blocks4(self.blocks3(self.blocks2(self.conv1(x_NCHW)))))
        # PaddleOCR pools to 40 columns while training: this pool at its fixed width of 320, and wrong at others.
        return F.avg_pool2d(x, [3, 2])
