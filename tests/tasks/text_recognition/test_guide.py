"""The loss of the attention branch."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrflow.tasks.text_recognition.batches import Batch
from ocrflow.tasks.text_recognition.guide import summed_loss, targets_of, unguided


def batch_of(labels: list[list[int]]) -> Batch:
    longest = max(map(len, labels))
    padded = np.array([label + [0] * (longest - len(label)) for label in labels], np.int32)
    lengths = np.array([len(label) for label in labels], np.int64)
    return Batch(np.zeros((len(labels), 3, 48, 96), np.float32), padded, lengths, len(labels), 0)


def test_targets():
    """2 starts, 3 ends, 0 is padding, the dictionary begins at 4: CTC's class 1 is its first character."""
    assert targets_of(batch_of([[1, 2, 9], [5]])).tolist() == [[2, 4, 5, 12, 3], [2, 8, 3, 0, 0]]


def test_labels_that_are_too_long_have_none():
    targets = targets_of(batch_of([[1] * 26, [7] * 25, [2]]))
    assert targets.shape == (3, 27) and targets.dtype == np.int64
    assert not targets[0].any() and (targets[1] == [2, *[10] * 25, 3]).all()
    assert targets_of(batch_of([[1] * 30])).tolist() == [[0, 0]]
    assert unguided([24, 25, 26, 90]) == 2


def expected(logits_BLK: np.ndarray, targets_BL: np.ndarray) -> float:
    """Cross entropy with 0.9 on the right class and 0.1 shared by the others, straight from its definition."""
    log_probs = logits_BLK - np.log(np.exp(logits_BLK).sum(axis=-1, keepdims=True))
    classes, total = logits_BLK.shape[2], 0.0
    for log_probs_LK, targets_L in zip(log_probs, targets_BL[:, 1:], strict=True):
        for log_probs_K, target in zip(log_probs_LK, targets_L, strict=True):
            wanted = np.full(classes, 0.1 / (classes - 1))
            wanted[target] = 0.9
            total -= (wanted * log_probs_K).sum() if target else 0
    return total


def test_loss():
    targets = targets_of(batch_of([[1, 2, 9], [5], [1] * 26]))
    logits = np.random.default_rng(0).standard_normal((3, 4, 15)).astype(np.float32) * 3
    assert float(summed_loss(paddle.to_tensor(logits), targets)) == pytest.approx(expected(logits, targets), rel=1e-5)


def test_loss_has_gradients_for_the_right_places():
    targets = targets_of(batch_of([[1, 2], [5]]))
    logits = paddle.to_tensor(np.random.default_rng(0).standard_normal((2, 3, 10)).astype(np.float32))
    logits.stop_gradient = False
    summed_loss(logits, targets).backward()
    moved = np.abs(logits.grad.numpy()).sum(axis=2) > 0
    assert moved.tolist() == [[True, True, True], [True, True, False]]


def test_nothing_to_learn_is_no_loss():
    """And the gradients are there, of nothing: other processes wait for them."""
    logits = paddle.ones([2, 1, 10])
    logits.stop_gradient = False
    loss = summed_loss(logits, targets_of(batch_of([[1] * 26, [2] * 30])))
    loss.backward()
    assert float(loss) == 0 and not logits.grad.numpy().any()
