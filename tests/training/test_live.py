"""The live line."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from ocrflow.training import live as module
from ocrflow.training.live import LiveLine, clock


@pytest.fixture
def now(monkeypatch):
    now = SimpleNamespace(seconds=5.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: now.seconds)
    return now


def test_the_line(now):
    line = LiveLine(steps_left=100, score="acc 0.125", seconds_left=math.inf)
    for _ in range(4):
        now.seconds += 0.5
        said = line.step(rows=32, loss=1.23456, rate=0.00123)
    assert said == "loss 1.235, acc 0.125, 64 images/s, lr 0.0012, 0:48 left"


def test_evaluations_do_not_slow_the_rate(now):
    line = LiveLine(10, "", math.inf)
    now.seconds += 1
    assert line.step(10, 1.0, 0.1) == "loss 1.000, 10 images/s, lr 0.1, 0:09 left"
    now.seconds += 100
    line.evaluated("hmean 0.500", 100.0)
    now.seconds += 1
    assert line.step(10, 1.0, 0.1) == "loss 1.000, hmean 0.500, 10 images/s, lr 0.1, 0:08 left"
    assert line.images_per_s == pytest.approx(10)


def test_the_budget_may_be_shorter(now):
    line = LiveLine(1000, "", seconds_left=61.0)
    now.seconds += 1
    assert line.step(1, 1.0, 0.1).endswith("1:00 left")


@pytest.mark.parametrize(("seconds", "text"), [(-3, "0:00"), (59.6, "1:00"), (3599, "59:59"), (90061, "25:01:01")])
def test_clock(seconds, text):
    assert clock(seconds) == text
