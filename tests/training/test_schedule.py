"""The learning rate over a training."""

from __future__ import annotations

import math

import pytest

from ocrflow.training.schedule import learning_rate


def test_warm_up_then_cosine_to_zero():
    rates = [learning_rate(step, 0.001, warmup_steps=10, total_steps=100) for step in range(100)]
    assert rates[:10] == pytest.approx([0.0001 * (step + 1) for step in range(10)])
    assert rates[10] == 0.001 == max(rates)
    assert rates[55] == pytest.approx(0.0005)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[99] == pytest.approx(0.001 * 0.5 * (1 + math.cos(math.pi * 89 / 90)))
    assert 0 < rates[99] < 1e-6


def test_no_warm_up():
    assert learning_rate(0, 0.01, warmup_steps=0, total_steps=3) == 0.01


def test_warm_up_longer_than_the_training():
    assert [learning_rate(step, 1.0, warmup_steps=4, total_steps=2) for step in range(2)] == [0.25, 0.5]


def test_steps_after_the_end_are_zero():
    assert learning_rate(150, 1.0, warmup_steps=10, total_steps=100) == 0.0
