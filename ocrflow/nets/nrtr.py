"""The attention branch that guides a recogniser's training: an NRTR decoder (arXiv:1806.00926) with teacher forcing.

Names and numbers follow PaddleOCR `ppocr/modeling/heads/rec_nrtr_head.py`. Shapes: N images, S places of the backbone's
features, L characters of the targets, C channels, K classes.
"""

from __future__ import annotations

import math

import paddle
from paddle import nn

from ocrflow.nets.attention import Mlp, attend, split_heads

# Classes: 0 padding, 1 unknown, 2 start, 3 end, then the dictionary and the space; the last one is never a target.
PADDING, START, END = 0, 2, 3
FIRST_CHARACTER = 4
HEAD_CHANNELS = 32
LAYERS = 4
DROPOUT = 0.1
MOST_POSITIONS = 5000


def num_gtc_classes(num_classes: int) -> int:
    """Classes of the branch for a CTC head of `num_classes` (blank, dictionary, space)."""
    return FIRST_CHARACTER + num_classes - 1 + 1


class SelfAttention(nn.Layer):
    """N x L x C -> N x L x C; `mask_LL` is added to the scores."""

    def __init__(self, channels: int):
        super().__init__()
        self.heads = channels // HEAD_CHANNELS
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out_proj = nn.Linear(channels, channels)

    def forward(self, x_NLC: paddle.Tensor, mask_LL: paddle.Tensor) -> paddle.Tensor:
        q, k, v = split_heads(self.qkv(x_NLC), 3, self.heads)
        return self.out_proj(attend(q, k, v, mask_LL))


class CrossAttention(nn.Layer):
    """Characters N x L x C look at features N x S x C -> N x L x C."""

    def __init__(self, channels: int):
        super().__init__()
        self.heads = channels // HEAD_CHANNELS
        self.q = nn.Linear(channels, channels)
        self.kv = nn.Linear(channels, 2 * channels)
        self.out_proj = nn.Linear(channels, channels)

    def forward(self, x_NLC: paddle.Tensor, features_NSC: paddle.Tensor) -> paddle.Tensor:
        (q,), (k, v) = split_heads(self.q(x_NLC), 1, self.heads), split_heads(self.kv(features_NSC), 2, self.heads)
        return self.out_proj(attend(q, k, v))


class DecoderLayer(nn.Layer):
    """Characters among themselves, then on the features, then a perceptron; each added, then normalised."""

    def __init__(self, channels: int):
        super().__init__()
        self.self_attn = SelfAttention(channels)
        self.norm1 = nn.LayerNorm(channels)
        self.cross_attn = CrossAttention(channels)
        self.norm2 = nn.LayerNorm(channels)
        self.mlp = Mlp(channels, 4 * channels, nn.ReLU(), DROPOUT)
        self.norm3 = nn.LayerNorm(channels)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x_NLC: paddle.Tensor, features_NSC: paddle.Tensor, mask_LL: paddle.Tensor) -> paddle.Tensor:
        x_NLC = self.norm1(x_NLC + self.dropout(self.self_attn(x_NLC, mask_LL)))
        x_NLC = self.norm2(x_NLC + self.dropout(self.cross_attn(x_NLC, features_NSC)))
        return self.norm3(x_NLC + self.dropout(self.mlp(x_NLC)))


class Embedding(nn.Layer):
    """Classes -> vectors times sqrt(C)."""

    def __init__(self, num_classes: int, channels: int):
        super().__init__()
        init = nn.initializer.Normal(std=channels**-0.5)
        self.embedding = nn.Embedding(num_classes, channels, padding_idx=PADDING, weight_attr=init)
        self.factor = math.sqrt(channels)

    def forward(self, classes_NL: paddle.Tensor) -> paddle.Tensor:
        return self.embedding(classes_NL) * self.factor


class PositionalEncoding(nn.Layer):
    """Adds sines and cosines of the position (arXiv:1706.03762, section 3.5)."""

    def __init__(self, channels: int):
        super().__init__()
        self.register_buffer("pe", _positions(channels))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x_NLC: paddle.Tensor) -> paddle.Tensor:
        return self.dropout(x_NLC + self.pe[: x_NLC.shape[1], 0])


class NRTRDecoder(nn.Layer):
    """Features N x S x C and targets N x L -> logits N x (L - 1) x K of each next character.

    Position i is computed from the targets 0..i, and to be compared with target i + 1.
    """

    def __init__(self, channels: int, num_classes: int):
        super().__init__()
        self.embedding = Embedding(num_classes, channels)
        self.positional_encoding = PositionalEncoding(channels)
        self.decoder = nn.LayerList(DecoderLayer(channels) for _ in range(LAYERS))
        init = nn.initializer.Normal(std=channels**-0.5)
        self.tgt_word_prj = nn.Linear(channels, num_classes, weight_attr=init, bias_attr=False)

    def forward(self, features_NSC: paddle.Tensor, targets_NL: paddle.Tensor) -> paddle.Tensor:
        """`targets_NL`: int64, each row `START`, characters, `END`, then `PADDING`."""
        x_NLC = self.positional_encoding(self.embedding(targets_NL[:, :-1]))
        length = x_NLC.shape[1]
        mask_LL = paddle.triu(paddle.full([length, length], float("-inf")), diagonal=1)
        for layer in self.decoder:
            x_NLC = layer(x_NLC, features_NSC, mask_LL)
        return self.tgt_word_prj(x_NLC)


def _positions(channels: int) -> paddle.Tensor:
    """`MOST_POSITIONS` x 1 x C, the even channels sines, the odd ones cosines."""
    position = paddle.arange(MOST_POSITIONS, dtype="float32").unsqueeze(1)
    frequency = paddle.exp(paddle.arange(0, channels, 2, dtype="float32") * (-math.log(10000.0) / channels))
    angles = position * frequency
    return paddle.stack([paddle.sin(angles), paddle.cos(angles)], axis=2).reshape([MOST_POSITIONS, 1, channels])
