"""PPHGNet small, the backbone of the PP-OCRv4 server models: blocks that concatenate the outputs of all their layers.

Names and numbers follow PaddleOCR `ppocr/modeling/backbones/rec_hgnet.py`.
"""

from __future__ import annotations

from itertools import pairwise

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.layers import ConvBN

Stride = int | tuple[int, int]
STEM = (64, 64, 128)  # channels of three 3x3 convolutions; the first has stride 2
LAYERS = 6  # 3x3 convolutions of a block
# A stage is (channels in, channels of its layers, channels out, blocks).
STAGES = ((128, 128, 256, 1), (256, 160, 512, 1), (512, 192, 768, 2), (768, 224, 1024, 1))
DETECTION_STRIDES: tuple[Stride | None, ...] = (None, 2, 2, 2)  # of the stages' downsampling
RECOGNITION_STRIDES: tuple[Stride | None, ...] = ((2, 1), (1, 2), (2, 1), (2, 1))


class ConvBNReLU(ConvBN):
    """Convolution, batch normalisation, ReLU; Kaiming-normal start."""

    def __init__(self, c_in: int, c_out: int, kernel: int = 1, stride: Stride = 1, groups: int = 1):
        super().__init__(c_in, c_out, kernel, stride, groups, init=nn.initializer.KaimingNormal())

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return F.relu(super().forward(x_NCHW))

    def fused(self) -> nn.Layer:
        """Convolution with bias and ReLU that give the same output in eval mode."""
        return nn.Sequential(super().fused(), nn.ReLU())


def downsampling(channels: int, stride: Stride) -> ConvBN:
    """A depthwise 3x3 convolution with batch normalisation."""
    return ConvBN(channels, channels, 3, stride, channels, init=nn.initializer.KaimingNormal())


class ChannelGate(nn.Layer):
    """Channel attention with one convolution (effective squeeze-and-excite, arXiv:1911.06667)."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2D(channels, channels, 1, weight_attr=nn.initializer.KaimingNormal())

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return x_NCHW * F.sigmoid(self.conv(F.adaptive_avg_pool2d(x_NCHW, 1)))


class HGBlock(nn.Layer):
    """A chain of 3x3 convolutions; input and all outputs concatenated, aggregated, gated; residual if `identity`."""

    def __init__(self, c_in: int, c_mid: int, c_out: int, identity: bool):
        super().__init__()
        self.identity = identity
        self.layers = nn.LayerList(ConvBNReLU(c_mid if i else c_in, c_mid, 3) for i in range(LAYERS))
        self.aggregation_conv = ConvBNReLU(c_in + LAYERS * c_mid, c_out)
        self.att = ChannelGate(c_out)

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        outputs = [x_NCHW]
        for layer in self.layers:
            outputs.append(layer(outputs[-1]))
        y_NCHW = self.att(self.aggregation_conv(paddle.concat(outputs, axis=1)))
        return y_NCHW + x_NCHW if self.identity else y_NCHW


class HGStage(nn.Layer):
    """Downsampling unless `stride` is None, then blocks; all but the first are residual."""

    def __init__(self, c_in: int, c_mid: int, c_out: int, blocks: int, stride: Stride | None):
        super().__init__()
        self.downsample = downsampling(c_in, stride) if stride else None
        widths = [c_in, *[c_out] * (blocks - 1)]
        self.blocks = nn.Sequential(*(HGBlock(width, c_mid, c_out, bool(i)) for i, width in enumerate(widths)))

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return self.blocks(self.downsample(x_NCHW) if self.downsample is not None else x_NCHW)


class PPHGNetSmall(nn.Layer):
    """Backbone of 19 M parameters.

    Recognition: N x 3 x 48 x W -> N x 1024 x 1 x T time steps, T = ceil(W / 4) // 2.
    Detection: N x 3 x H x W -> four maps of 1/4, 1/8, 1/16 and 1/32 of the size.

    Attributes:
        out_channels: 1024, or a list of the channels of the four maps.
    """

    def __init__(self, det: bool):
        super().__init__()
        self.det = det
        widths = enumerate(pairwise((3, *STEM)))
        self.stem = nn.Sequential(*(ConvBNReLU(c_in, c_out, 3, 1 if i else 2) for i, (c_in, c_out) in widths))
        strides = DETECTION_STRIDES if det else RECOGNITION_STRIDES
        self.stages = nn.LayerList(HGStage(*stage, stride) for stage, stride in zip(STAGES, strides, strict=True))
        out_channels = [stage[2] for stage in STAGES]
        self.out_channels: int | list[int] = out_channels if det else out_channels[-1]

    def forward(self, x_N3HW: paddle.Tensor) -> paddle.Tensor | list[paddle.Tensor]:
        x = self.stem(x_N3HW)
        maps = [F.max_pool2d(x, 3, 2, 1) if self.det else x]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        # PaddleOCR pools to 40 columns while training: this pool at its fixed width of 320, and wrong at others.
        return maps[1:] if self.det else F.avg_pool2d(maps[-1], [3, 2])
