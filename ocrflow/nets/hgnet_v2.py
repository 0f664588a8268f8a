"""PPHGNetV2 B4, the backbone of the PP-OCRv5 server models: HGNet with a branching stem and, later on, light layers.

Names and numbers follow PaddleOCR `ppocr/modeling/backbones/rec_pphgnetv2.py`.
"""

from __future__ import annotations

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.hgnet import DETECTION_STRIDES, LAYERS, RECOGNITION_STRIDES, ConvBNReLU, Stride, downsampling
from ocrflow.nets.layers import ConvBN
from ocrflow.nets.lcnet_v4 import StemBlock

STEM = (32, 48)  # channels inside and out
# A stage is (channels in, channels of its layers, channels out, blocks, light layers, kernel).
STAGES = (
    (48, 48, 128, 1, False, 3),
    (128, 96, 512, 1, False, 3),
    (512, 192, 1024, 3, True, 5),
    (1024, 384, 2048, 1, True, 5),
)
IMAGENET_CLASSES = 1000


class LightConv(nn.Layer):
    """Pointwise convolution, then a depthwise one and ReLU."""

    def __init__(self, c_in: int, c_out: int, kernel: int):
        super().__init__()
        self.conv1 = ConvBN(c_in, c_out, init=nn.initializer.KaimingNormal())
        self.conv2 = ConvBNReLU(c_out, c_out, kernel, groups=c_out)

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return self.conv2(self.conv1(x_NCHW))


class HGV2Block(nn.Layer):
    """A chain of layers; input and all outputs concatenated, squeezed, expanded; residual if `identity`."""

    def __init__(self, c_in: int, c_mid: int, c_out: int, light: bool, kernel: int, identity: bool):
        super().__init__()
        self.identity = identity
        layer = LightConv if light else ConvBNReLU
        self.layers = nn.LayerList(layer(c_mid if i else c_in, c_mid, kernel) for i in range(LAYERS))
        self.aggregation_squeeze_conv = ConvBNReLU(c_in + LAYERS * c_mid, c_out // 2)
        self.aggregation_excitation_conv = ConvBNReLU(c_out // 2, c_out)

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        outputs = [x_NCHW]
        for layer in self.layers:
            outputs.append(layer(outputs[-1]))
        y_NCHW = self.aggregation_excitation_conv(self.aggregation_squeeze_conv(paddle.concat(outputs, axis=1)))
        return y_NCHW + x_NCHW if self.identity else y_NCHW


class HGV2Stage(nn.Layer):
    """Downsampling unless `stride` is None, then blocks; all but the first are residual."""

    def __init__(self, c_in: int, c_mid: int, c_out: int, blocks: int, light: bool, kernel: int, stride: Stride | None):
        super().__init__()
        self.downsample = downsampling(c_in, stride) if stride else None
        widths = [c_in, *[c_out] * (blocks - 1)]
        self.blocks = nn.Sequential(
            *(HGV2Block(width, c_mid, c_out, light, kernel, bool(i)) for i, width in enumerate(widths))
        )

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return self.blocks(self.downsample(x_NCHW) if self.downsample is not None else x_NCHW)


class PPHGNetV2B4(nn.Layer):
    """Backbone of 14 M parameters.

    Recognition: N x 3 x 48 x W -> N x 2048 x 1 x T time steps, T = ceil(W / 4) // 2.
    Detection: N x 3 x H x W -> four maps of 1/4, 1/8, 1/16 and 1/32 of the size.

    The classifier for ImageNet (`last_conv`, and `fc` in recognition) is here because official checkpoints hold it;
    nothing computes with it, and it is not trained.

    Attributes:
        out_channels: 2048, or a list of the channels of the four maps.
    """

    training_only = ("last_conv", "fc")

    def __init__(self, det: bool):
        super().__init__()
        self.det = det
        self.stem = StemBlock(*STEM)
        if not det:
            self.stem.stem3 = ConvBN(2 * STEM[0], STEM[0], 3)
        strides = DETECTION_STRIDES if det else RECOGNITION_STRIDES
        self.stages = nn.LayerList(HGV2Stage(*stage, stride) for stage, stride in zip(STAGES, strides, strict=True))
        out_channels = [stage[2] for stage in STAGES]
        self.out_channels: int | list[int] = out_channels if det else out_channels[-1]
        self.last_conv = nn.Conv2D(out_channels[-1], out_channels[-1], 1, bias_attr=False)
        self.fc = None if det else nn.Linear(out_channels[-1], IMAGENET_CLASSES)
        for unused in filter(None, (self.last_conv, self.fc)):
            for parameter in unused.parameters():
                parameter.stop_gradient = True

    def forward(self, x_N3HW: paddle.Tensor) -> paddle.Tensor | list[paddle.Tensor]:
        maps = [self.stem(x_N3HW)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        # PaddleOCR pools to 40 columns while training: this pool at its fixed width of 320, and wrong at others.
        return maps[1:] if self.det else F.avg_pool2d(maps[-1], [3, 2])
