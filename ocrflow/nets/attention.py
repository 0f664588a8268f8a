"""Scaled dot-product attention, as the SVTR encoders and the NRTR decoder use it (arXiv:1706.03762).

Shapes: N images, L queries, S keys, A heads, D channels a head, C = A * D.
"""

from __future__ import annotations

import paddle
from paddle import nn
from paddle.nn import functional as F


def split_heads(x_NLC: paddle.Tensor, parts: int, heads: int) -> paddle.Tensor:
    """N x L x (parts * C), `parts` projections side by side -> parts x N x A x L x D."""
    head_channels = x_NLC.shape[-1] // (parts * heads)
    return x_NLC.reshape([0, -1, parts, heads, head_channels]).transpose([2, 0, 3, 1, 4])


def attend(
    q_NALD: paddle.Tensor,
    k_NASD: paddle.Tensor,
    v_NASD: paddle.Tensor,
    mask_LS: paddle.Tensor | None = None,
    dropout: nn.Dropout | None = None,
) -> paddle.Tensor:
    """Each query's mean of the values, weighted by softmax(q k / sqrt(D) + mask): N x L x C."""
    heads, head_channels = q_NALD.shape[1], q_NALD.shape[3]
    scores_NALS = paddle.matmul(q_NALD * head_channels**-0.5, k_NASD, transpose_y=True)
    weights_NALS = F.softmax(scores_NALS if mask_LS is None else scores_NALS + mask_LS, axis=-1)
    if dropout is not None:
        weights_NALS = dropout(weights_NALS)
    mixed_NLAD = paddle.matmul(weights_NALS, v_NASD).transpose([0, 2, 1, 3])
    return mixed_NLAD.reshape([0, -1, heads * head_channels])


class Mlp(nn.Layer):
    """Two linear layers with an activation between them and dropout behind each."""

    def __init__(self, channels: int, hidden: int, activation: nn.Layer, dropout: float):
        super().__init__()
        self.fc1 = nn.Linear(channels, hidden)
        self.act = activation
        self.fc2 = nn.Linear(hidden, channels)
        self.drop = nn.Dropout(dropout)

    def forward(self, x_NLC: paddle.Tensor) -> paddle.Tensor:
        return self.drop(self.fc2(self.drop(self.act(self.fc1(x_NLC)))))
