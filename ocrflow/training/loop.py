"""The training loop, the same for every task, device and number of processes.

Every epoch: all global batches, then, and where the plan says so in the middle, an evaluation of all validation rows
and a checkpoint. A training ends with its last epoch, or earlier by `max_steps`, `early_stop` or `time_budget`; then it
is evaluated once more, unless it just was, and every checkpoint gets its inference model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import TrainSection
from ocrflow.training.bench import Bench
from ocrflow.training.epoch import Epoch
from ocrflow.training.exporting import export_all
from ocrflow.training.identity import Identity
from ocrflow.training.journal import Journal
from ocrflow.training.ranks import Ranks
from ocrflow.training.stop import StopFlag, stop_on_signals
from ocrflow.training.task import TrainingTask


class Training:
    """One run of one task. Rank 0 writes below `output`.

    Args:
        journal: of rank 0; None in the others.
        identity: what a checkpoint to go on from must share.

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
        identity: Identity | None = None,
    ):
        self.output, self.journal, self.resume_path = output, journal, settings.resume_path
        self.bench = Bench(task, settings, output, journal, ranks, identity or {})
        self.plan, self.lines = self.bench.plan, self.bench.lines

    def run(self) -> dict[str, Any]:
        """Train to the end.

        Returns:
            Metrics of baseline, best and last evaluation, the seconds taken, what ended it early (or an empty text),
            what was kept, and the report on the starting weights.

        Raises:
            Interrupted: SIGINT or SIGTERM came; `latest/` can be resumed from and has its inference model.
            OutsideError: the loss is not a number any more, or the disk failed.
        """
        bench, state = self.bench, self.bench.state
        with stop_on_signals() as stop:
            self._begin()
            ended_by = self._train(stop)
            self._complete(ended_by)
            kept = export_all(bench.task, bench.net, self.output) if self.journal else []
        return {
            "baseline": state.baseline,
            "best": bench.keeper.best() if self.journal else state.best,
            "last": state.last,
            "main_metric": bench.task.main_metric,
            "epochs": state.epoch + bool(state.epoch_step),
            "steps": state.step,
            "ended_by": ended_by,
            "seconds": round(bench.watch.seconds, 1),
            "kept": kept,
            "weights": state.weights,
        }

    def _begin(self) -> None:
        bench, state = self.bench, self.bench.state
        if self.journal:
            bench.keeper.begin(state, self.resume_path)
        state.best, state.run = bench.ranks.gather((state.best, state.run))[0]
        bench.scorer.baseline()
        if self.journal:
            self.journal.go_on_from(state.epoch + state.epoch_step / self.plan.steps_per_epoch)
            if not self.journal.epochs:
                self.journal.epoch({"epoch": 0, "step": 0, **state.baseline})

    def _train(self, stop: StopFlag) -> str:
        """Train epoch by epoch; returns what ended it early, or an empty string."""
        while self.bench.state.epoch < self.plan.epochs:
            ended_by = self.bench.ended_by() or Epoch(self.bench, stop).run()
            if ended_by:
                return ended_by
        return ""

    def _complete(self, ended_by: str) -> None:
        """Make sure that the last step is evaluated, told and saved."""
        bench, state = self.bench, self.bench.state
        is_new = not state.is_evaluated
        is_best = is_new and bench.evaluate()
        loss = bench.epoch_loss()
        if self.journal and state.epoch_step:
            numbers = {"loss": loss, "learning_rate": bench.optimizer.get_lr(), **bench.scorer.metrics}
            self.journal.epoch({"epoch": state.epoch + 1, "step": state.step, **numbers})
        if is_new or bench.saved_step != state.step:
            bench.save(is_best=is_best, is_periodic=not state.epoch_step and state.step > 0)
        if self.journal and ended_by:
            self.journal.say(f"ended by Train.{ended_by}")
        main = bench.task.main_metric
        if self.journal and state.best[main] < state.baseline[main]:
            self.journal.say(f"no evaluation was as good as the starting weights ({main} {state.baseline[main]:.4f})")
