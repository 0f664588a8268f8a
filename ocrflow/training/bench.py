"""What a training works with: network, optimizer, averaged weights, state; how it is scored and saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import paddle

from ocrflow.config import TrainSection
from ocrflow.nets.load import require_loaded
from ocrflow.training.average import Average
from ocrflow.training.decay import except_some
from ocrflow.training.find import new_run
from ocrflow.training.freezing import Frozen
from ocrflow.training.identity import Identity
from ocrflow.training.journal import Journal
from ocrflow.training.keeper import Keeper
from ocrflow.training.parts import own_part, statistics, take_part
from ocrflow.training.plan import RunPlan
from ocrflow.training.ranks import Ranks
from ocrflow.training.resuming import resume
from ocrflow.training.scoring import Scorer
from ocrflow.training.state import State
from ocrflow.training.stepper import Stepper, make_optimizer
from ocrflow.training.task import TrainingTask
from ocrflow.training.watch import Watch


class Bench:
    """The parts of one training in one process, at its start or where a checkpoint was written.

    Args:
        journal: of rank 0; None in the others.
        identity: what a checkpoint to go on from must share.

    Attributes:
        saved_step: the step that `latest/` holds; None when it has to be written.
        lines: on the weights and what goes on, for people.

    Raises:
        UsageError, DataError: the starting weights or the checkpoint to resume from do not fit.
    """

    def __init__(
        self,
        task: TrainingTask,
        settings: TrainSection,
        output: Path,
        journal: Journal | None,
        ranks: Ranks,
        identity: Identity,
    ):
        self.task, self.settings, self.journal, self.ranks = task, settings, journal, ranks
        paddle.seed(settings.seed)
        self.net, report = task.build()
        self.frozen = Frozen(self.net, settings.freeze)
        except_some(self.net, settings.weight_decay)
        self.optimizer = make_optimizer(self.net, settings)
        self.average = Average(self.net, settings.ema) if settings.ema else None
        batches = len(task.plan(1))
        self.plan = RunPlan.of(settings, -(-batches // settings.accumulate))
        about = {"facts": task.facts(), "identity": identity, **self._ways(batches)}
        self.keeper = Keeper(task, self.net, self.optimizer, self.average, output, about, settings.keep_last)
        self.saved_step: int | None = None
        if settings.resume_path:
            self._resume(settings.resume_path)
        else:
            self._start(report)
        self.scorer = Scorer(task, self.net, self.average, ranks, self.state)
        self.watch = Watch(ranks, self.state.seconds, settings.time_budget)

    def _ways(self, batches: int) -> dict[str, Any]:
        """How epochs are cut into batches, and the course of the learning rate."""
        batching = {name: getattr(self.settings, name) for name in ("batch_size", "accumulate", "seed")}
        schedule = {name: getattr(self.settings, name) for name in ("learning_rate", "warmup_epochs")}
        return {
            "batching": batching | {"processes": self.ranks.count, "batches": batches},
            "schedule": schedule | {"total_steps": self.plan.total_steps},
        }

    def _start(self, report: dict[str, Any]) -> None:
        require_loaded(report, self.settings.min_loaded)
        self.state = State(run=new_run(), weights=report)
        self.lines = [*report["lines"], *self.frozen.lines]
        self.stepper = Stepper(self.task, self.net, self.optimizer, self.settings, self.ranks, self.plan)

    def _resume(self, path: str) -> None:
        found = resume(path, self.net, self.optimizer, self.average, self.plan, self.keeper.about)
        self.state, self.keeper.former_run, self.keeper.restored = found.state, found.state.run, found.moments
        self.keeper.names = found.names
        if not found.state.run or not self.keeper.is_latest(path):
            self.state.run = new_run()
        self.state.weights = {"source": path, "lines": found.lines[:1], **self.state.weights, "resumed_from": path}
        self.lines = [*found.lines, *self.frozen.lines]
        self.stepper = Stepper(self.task, self.net, self.optimizer, self.settings, self.ranks, self.plan)
        self.stepper.precision.set_state(self.state.scaler)
        if found.parts:  # after the stepper, which gives all processes the tensors of the first
            take_part(found.parts[self.ranks.rank], self.net, self.average, self.state)
        self.saved_step = self.state.step

    def ended_by(self) -> str:
        """Which setting ends the training at this step, or an empty string."""
        state, patience = self.state, self.settings.early_stop
        if patience is not None and state.stale_evaluations >= patience:
            return f"early_stop: {state.stale_evaluations} evaluations without a better one"
        return f"max_steps: {state.step} steps" if state.step >= self.plan.total_steps else ""

    def evaluate(self) -> bool:
        """Score the validation rows; returns whether this is the best evaluation so far. All processes call this."""
        is_best = self.scorer.evaluate()
        if self.ranks.count > 1:
            self.saved_step = None  # the processes' statistics have become one
        return is_best

    def share_statistics(self) -> None:
        """Give all processes the same running statistics."""
        self.ranks.average(list(statistics(self.net, self.average).values()))

    def epoch_loss(self) -> float:
        """The mean loss of a row so far in the running epoch. All processes call this."""
        return sum(self.ranks.gather(self.state.epoch_loss)) / self.ranks.count / max(self.state.epoch_rows, 1)

    def save(self, is_best: bool = False, is_periodic: bool = False) -> None:
        """Write `latest/`, and the other checkpoints that this moment has earned. All processes call this."""
        state = self.state
        state.seconds, state.scaler = self.watch.seconds, self.stepper.precision.state()
        parts = None
        if self.ranks.count > 1 and state.epoch_step:
            parts = self.ranks.gather(own_part(self.net, self.average, state))
        if self.journal:
            self.keeper.save(state, parts, self.saved_step == state.step, is_best, is_periodic)
        self.saved_step = state.step
        self.watch.saved()
