"""Attention against its formula."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle import nn

from ocrflow.nets.attention import Mlp, attend, split_heads

RNG = np.random.default_rng(0)


def tensor(*shape: int) -> paddle.Tensor:
    return paddle.to_tensor(RNG.standard_normal(shape).astype(np.float32))


def test_projections_side_by_side_become_parts_and_heads():
    x = tensor(2, 5, 3 * 4 * 7)
    parts = split_heads(x, 3, 4)
    assert parts.shape == [3, 2, 4, 5, 7]
    channel = (1 * 4 + 2) * 7 + 3  # part 1, head 2, channel 3
    assert np.array_equal(parts.numpy()[1, :, 2, :, 3], x.numpy()[:, :, channel])


def test_each_head_is_a_weighted_mean():
    q, k, v = tensor(2, 3, 4, 8), tensor(2, 3, 6, 8), tensor(2, 3, 6, 8)
    mask = np.where(RNG.random((4, 6)) < 0.3, -np.inf, 0).astype(np.float32)
    mask[:, 0] = 0
    mixed = attend(q, k, v, paddle.to_tensor(mask)).numpy()
    assert mixed.shape == (2, 4, 24)
    scores = np.einsum("nald,nasd->nals", q.numpy(), k.numpy()) / np.sqrt(8) + mask
    weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    expected = np.einsum("nals,nasd->nlad", weights, v.numpy()).reshape(2, 4, 24)
    assert mixed == pytest.approx(expected, abs=1e-5)


def test_dropout_acts_on_the_weights():
    q, v = tensor(1, 1, 4, 8), tensor(1, 1, 4, 8)
    everything = nn.Dropout(1.0)
    assert abs(attend(q, q, v, dropout=everything).numpy()).max() == 0
    everything.eval()
    assert abs(attend(q, q, v, dropout=everything).numpy()).max() > 0


def test_mlp():
    mlp = Mlp(4, 10, nn.ReLU(), dropout=0.0)
    x = tensor(2, 3, 4)
    hidden = np.maximum(x.numpy() @ mlp.fc1.weight.numpy() + mlp.fc1.bias.numpy(), 0)
    assert mlp(x).numpy() == pytest.approx(hidden @ mlp.fc2.weight.numpy() + mlp.fc2.bias.numpy(), abs=1e-5)
