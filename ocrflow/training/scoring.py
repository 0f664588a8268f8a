"""Evaluations: what they say of the training."""

from __future__ import annotations

import math
import time
from contextlib import AbstractContextManager, nullcontext

from paddle import nn

from ocrflow.training.average import Average
from ocrflow.training.parts import statistics
from ocrflow.training.ranks import Ranks
from ocrflow.training.state import State
from ocrflow.training.task import TrainingTask


class Scorer:
    """Scores the validation rows with the weights that are kept, and notes in `state` what it found.

    Attributes:
        seconds: how long the last evaluation took.
    """

    def __init__(self, task: TrainingTask, net: nn.Layer, average: Average | None, ranks: Ranks, state: State):
        self.task, self.net, self.average, self.ranks, self.state = task, net, average, ranks, state
        self.seconds = 0.0

    def baseline(self) -> None:
        """Score the starting weights, unless that was done."""
        if not self.state.baseline:
            with self._scored_weights():
                self.state.baseline = self.task.evaluate(self.net, self.ranks)

    def evaluate(self) -> bool:
        """Score the weights of this step as `state.last`; returns whether they are the best, or as good."""
        start = time.monotonic()
        self.ranks.average(list(statistics(self.net, self.average).values()))
        with self._scored_weights():
            metrics = self.task.evaluate(self.net, self.ranks)
        state, main = self.state, self.task.main_metric
        score, best = metrics[main], state.best.get(main, -math.inf)
        state.stale_evaluations = 0 if score > best else state.stale_evaluations + 1
        state.last = {"epoch": state.epoch + bool(state.epoch_step), "step": state.step, **metrics}
        if score >= best:
            state.best = state.last
        self.seconds = time.monotonic() - start
        return score >= best

    @property
    def metrics(self) -> dict[str, float]:
        """The metrics of this step; empty when it was not evaluated."""
        if not self.state.is_evaluated:
            return {}
        return {key: value for key, value in self.state.last.items() if key not in ("epoch", "step")}

    @property
    def text(self) -> str:
        """The last score, for the live line."""
        scores = self.state.last or self.state.baseline
        return f"{self.task.main_metric} {scores[self.task.main_metric]:.3f}" if scores else ""

    def _scored_weights(self) -> AbstractContextManager[None]:
        return self.average.applied() if self.average else nullcontext()
