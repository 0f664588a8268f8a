"""The encoders between backbone and CTC head: each time step looks at all others (SVTR, arXiv:2205.00159).

Names and numbers follow PaddleOCR `ppocr/modeling/necks/rnn.py` (`EncoderWithSVTR`, `EncoderWithLightSVTR`) and
`backbones/rec_svtrnet.py` (`Block`). Shapes: N images, C channels, T time steps.
"""

from __future__ import annotations

import paddle
from paddle import nn

from ocrflow.nets.attention import Mlp, attend, split_heads
from ocrflow.nets.layers import conv_like, fold_bn

HEADS = 8
DROPOUT = 0.1


class ConvNormSwish(nn.Layer):
    """Convolution 1 x k over the time steps without bias, batch normalisation, swish: `conv`, `norm`, `act`."""

    def __init__(self, c_in: int, c_out: int, kernel: int = 1):
        super().__init__()
        init = nn.initializer.KaimingUniform()
        self.conv = nn.Conv2D(c_in, c_out, [1, kernel], padding=[0, kernel // 2], weight_attr=init, bias_attr=False)
        self.norm = nn.BatchNorm2D(c_out)
        self.act = nn.Swish()

    def forward(self, x_NC1T: paddle.Tensor) -> paddle.Tensor:
        return self.act(self.norm(self.conv(x_NC1T)))

    def fused(self) -> nn.Layer:
        """The same in eval mode with the normalisation folded into the convolution."""
        weight, bias = fold_bn(self.conv.weight, paddle.zeros_like(self.norm.bias), self.norm)
        return nn.Sequential(conv_like(self.conv, weight, bias), self.act)


class LocalConv(nn.Sequential):
    """Depthwise convolution 1 x k over the time steps, batch normalisation, swish: `0`, `1`, `2`."""

    def __init__(self, channels: int, kernel: int):
        shape = {"kernel_size": [1, kernel], "padding": [0, kernel // 2], "groups": channels}
        conv = nn.Conv2D(channels, channels, **shape, weight_attr=nn.initializer.KaimingNormal(), bias_attr=False)
        super().__init__(conv, nn.BatchNorm2D(channels), nn.Swish())

    def fused(self) -> nn.Layer:
        """The same in eval mode with the normalisation folded into the convolution."""
        conv, norm, activation = self
        return nn.Sequential(conv_like(conv, *fold_bn(conv.weight, paddle.zeros_like(norm.bias), norm)), activation)


class SelfAttention(nn.Layer):
    """Every time step attends to all: N x T x C -> N x T x C."""

    def __init__(self, channels: int):
        super().__init__()
        self.qkv = nn.Linear(channels, 3 * channels)
        self.attn_drop = nn.Dropout(DROPOUT)
        self.proj = nn.Linear(channels, channels)
        self.proj_drop = nn.Dropout(DROPOUT)

    def forward(self, x_NTC: paddle.Tensor) -> paddle.Tensor:
        qkv = split_heads(self.qkv(x_NTC), 3, HEADS)
        return self.proj_drop(self.proj(attend(qkv[0], qkv[1], qkv[2], dropout=self.attn_drop)))


class SVTRBlock(nn.Layer):
    """Attention, then a two-layer perceptron, each on normalised input and added to it."""

    def __init__(self, channels: int, mlp_ratio: int):
        super().__init__()
        self.norm1 = nn.LayerNorm(channels)
        self.mixer = SelfAttention(channels)
        self.norm2 = nn.LayerNorm(channels)
        self.mlp = Mlp(channels, channels * mlp_ratio, nn.Swish(), DROPOUT)

    def forward(self, x_NTC: paddle.Tensor) -> paddle.Tensor:
        x_NTC = x_NTC + self.mixer(self.norm1(x_NTC))
        return x_NTC + self.mlp(self.norm2(x_NTC))


class SVTREncoder(nn.Layer):
    """Narrow, mix over all time steps, widen again, join with the input (PP-OCRv4, v5): N x C x 1 x T -> `channels`."""

    guided = True

    def __init__(self, c_in: int, channels: int = 120, depth: int = 2):
        super().__init__()
        self.conv1 = ConvNormSwish(c_in, c_in // 8, 3)
        self.conv2 = ConvNormSwish(c_in // 8, channels)
        self.svtr_block = nn.LayerList(SVTRBlock(channels, mlp_ratio=2) for _ in range(depth))
        self.norm = nn.LayerNorm(channels, epsilon=1e-6)
        self.conv3 = ConvNormSwish(channels, c_in)
        self.conv4 = ConvNormSwish(2 * c_in, c_in // 8, 3)
        self.conv1x1 = ConvNormSwish(c_in // 8, channels)
        self.out_channels = channels
        self.apply(_small_linear_weights)

    def forward(self, x_NC1T: paddle.Tensor) -> paddle.Tensor:
        mixed = _mix(self.conv2(self.conv1(x_NC1T)), self.svtr_block, self.norm)
        return self.conv1x1(self.conv4(paddle.concat([x_NC1T, self.conv3(mixed)], axis=1)))


class LightSVTREncoder(nn.Layer):
    """Narrow, look at near time steps, at all, add the narrowed input (PP-OCRv6 small): N x C x 1 x T -> `channels`."""

    guided = False

    def __init__(self, c_in: int, channels: int = 120, depth: int = 2, local_kernel: int = 7):
        super().__init__()
        self.conv_reduce = ConvNormSwish(c_in, channels)
        self.local_conv = LocalConv(channels, local_kernel)
        self.svtr_block = nn.LayerList(SVTRBlock(channels, mlp_ratio=2) for _ in range(depth))
        self.norm = nn.LayerNorm(channels, epsilon=1e-6)
        self.skip_conv = ConvNormSwish(c_in, channels)
        self.out_channels = channels
        self.apply(_small_linear_weights)

    def forward(self, x_NC1T: paddle.Tensor) -> paddle.Tensor:
        narrow = self.conv_reduce(x_NC1T)
        return _mix(narrow + self.local_conv(narrow), self.svtr_block, self.norm) + self.skip_conv(x_NC1T)


def _mix(x_NC1T: paddle.Tensor, blocks: nn.LayerList, norm: nn.LayerNorm) -> paddle.Tensor:
    """The blocks and the normalisation over the time steps as a sequence."""
    x_NTC = x_NC1T.squeeze(2).transpose([0, 2, 1])
    for block in blocks:
        x_NTC = block(x_NTC)
    return norm(x_NTC).transpose([0, 2, 1]).unsqueeze(2)


def _small_linear_weights(layer: nn.Layer) -> None:
    """PaddleOCR's start of the linear layers: standard deviation 0.02, cut at two of them; biases 0."""
    if isinstance(layer, nn.Linear):
        nn.initializer.TruncatedNormal(std=0.02)(layer.weight)
        nn.initializer.Constant(0.0)(layer.bias)
