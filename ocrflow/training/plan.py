"""How long a training is planned to be and after which steps it is evaluated, before it begins."""

from __future__ import annotations

from dataclasses import dataclass

from ocrflow.config import TrainSection


@dataclass(frozen=True)
class RunPlan:
    """Steps are counted from 1; the learning rate's schedule ends with `total_steps`.

    Attributes:
        evaluations: the steps after which all validation rows are scored.
    """

    epochs: int
    steps_per_epoch: int
    total_steps: int
    evaluations: frozenset[int]

    @classmethod
    def of(cls, settings: TrainSection, steps_per_epoch: int) -> RunPlan:
        """The plan of `epochs_iters` epochs, or of `max_steps` where that is less."""
        total = settings.epochs_iters * steps_per_epoch
        if settings.max_steps is not None:
            total = min(total, settings.max_steps)
        return cls(settings.epochs_iters, steps_per_epoch, total, _evaluations(settings, steps_per_epoch, total))

    def evaluations_after(self, step: int) -> int:
        """How many evaluations are still to come after `step`."""
        return sum(planned > step for planned in self.evaluations)


def _evaluations(settings: TrainSection, steps_per_epoch: int, total: int) -> frozenset[int]:
    """Every `eval_interval` epochs and at the end; if these are too few, as many a epoch as it takes, evenly."""
    span = settings.eval_interval * steps_per_epoch
    found = _every(span, 1, total)
    for pieces in range(1, steps_per_epoch + 1):
        if len(found) >= settings.min_evaluations:
            break
        found = _every(steps_per_epoch, pieces, total)
    return frozenset(found)


def _every(span: int, pieces: int, total: int) -> set[int]:
    """The ends of `pieces` equal parts of every `span` steps up to `total`, and the end."""
    steps = {start + span * piece // pieces for start in range(0, total, span) for piece in range(1, pieces + 1)}
    return {step for step in steps if 0 < step <= total} | {total}
