"""The CTC heads."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle.nn import functional as F

from ocrflow.nets.ctc_head import BLANK_BIAS, CTCHead, GuidedCTCHead

HEADS = {"plain": lambda: CTCHead(16, 7), "guided": lambda: GuidedCTCHead(16, 7, c_mid=5)}


@pytest.mark.parametrize("kind", HEADS)
def test_logits_in_training_probabilities_in_eval(kind):
    head = HEADS[kind]()
    for layer in head.sublayers():
        if isinstance(layer, paddle.nn.BatchNorm1D):
            layer._momentum = 0.0  # after one training pass the running statistics are those of the batch
    x = paddle.randn([1, 16, 1, 9])
    head.train()
    logits = head(x)
    assert logits.shape == [1, 9, 7]
    head.eval()
    probs = head(x).numpy()
    assert probs.sum(axis=-1) == pytest.approx(1.0, abs=1e-5)
    assert probs == pytest.approx(F.softmax(logits, axis=2).numpy(), abs=0.02)


@pytest.mark.parametrize("kind", HEADS)
def test_the_blank_starts_unlikely(kind):
    head = HEADS[kind]()
    bias = getattr(head, head.last).bias.numpy()
    assert bias[0] == BLANK_BIAS
    assert np.abs(bias[1:]).max() <= (5 if kind == "guided" else 16) ** -0.5
