"""The training loop, the same for every task, device and number of processes.

Every epoch: all global batches, an evaluation of all validation rows, a checkpoint. The best epoch by the task's main
metric is kept in `best_accuracy/`, the last one in `latest/`; both get their inference model at the end.
"""

from __future__ import annotations

import math
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import paddle

from ocrflow.config import TrainSection
from ocrflow.errors import UsageError
from ocrflow.progress import Advance, track
from ocrflow.training import checkpoint
from ocrflow.training.journal import Journal
from ocrflow.training.keeper import Keeper
from ocrflow.training.ranks import Ranks
from ocrflow.training.state import State
from ocrflow.training.stepper import Stepper, make_optimizer
from ocrflow.training.stop import Interrupted, StopFlag, stop_on_signals
from ocrflow.training.task import TrainingTask

STEPS_BETWEEN_STOP_CHECKS = 4  # the processes agree on stopping only this often; every time costs a message


class Training:
    """One run of one task. Rank 0 writes below `output`.

    Args:
        journal: of rank 0; None in the others.

    Raises:
        UsageError, DataError: the starting weights or the checkpoint to resume from do not fit.
    """

    def __init__(self, task: TrainingTask, settings: TrainSection, output: Path, journal: Journal | None, ranks: Ranks):
        self.task, self.settings, self.journal, self.ranks = task, settings, journal, ranks
        paddle.seed(settings.seed)
        self.net, self.weights_report = task.build()
        self.optimizer = make_optimizer(self.net, settings)
        self.steps_per_epoch = len(task.plan(1))
        self.keeper = Keeper(task, self.net, self.optimizer, output)
        self.state = self._resumed(settings.resume_path) if settings.resume_path else State()
        self.stepper = Stepper(task, self.net, self.optimizer, settings, ranks, self.steps_per_epoch)

    def _resumed(self, resume_path: str) -> State:
        record = checkpoint.restore(resume_path, self.net, self.optimizer)
        state = State.of(record, resume_path, self.steps_per_epoch)
        if state.epoch > self.settings.epochs_iters:
            message = f"{resume_path} has done {state.epoch} epochs, Train.epochs_iters is {self.settings.epochs_iters}"
            raise UsageError(message, fix=f"-o Train.epochs_iters={state.epoch + 1} or more")
        self.weights_report = {"source": resume_path, "lines": [f"going on from {resume_path}, epoch {state.epoch}"]}
        return state

    def run(self) -> dict[str, Any]:
        """Train to the end.

        Returns:
            Metrics of baseline, best and last epoch, and the seconds taken.

        Raises:
            Interrupted: SIGINT or SIGTERM came; `latest/` can be resumed from and has its inference model.
            OutsideError: the loss is not a number any more, or the disk failed.
        """
        start = time.monotonic()
        if self.journal and self.settings.resume_path:
            self.keeper.adopt(self.state, self.settings.resume_path)
        if not self.state.baseline:
            self.state.baseline = self.task.evaluate(self.net, self.ranks)
        if self.journal and not self.journal.epochs:
            self.journal.epoch({"epoch": 0, "step": 0, **self.state.baseline})
        with stop_on_signals() as stop:
            for epoch in range(self.state.epoch + 1, self.settings.epochs_iters + 1):
                self._epoch(epoch, stop)
            if self.journal:
                self.keeper.finish()
        numbers = {"baseline": self.state.baseline, "best": self.state.best, "last": self.state.last}
        return {**numbers, "seconds": round(time.monotonic() - start, 1)}

    def _epoch(self, epoch: int, stop: StopFlag) -> None:
        start = time.monotonic()
        paddle.seed(self.settings.seed + epoch)  # a resumed run draws what an unbroken one would have drawn
        plan = self.task.plan(epoch)
        rows = sum(len(batch) for batch in plan)
        with track(f"epoch {epoch}/{self.settings.epochs_iters}", rows) as advance:
            loss = self._steps(epoch, plan, advance, stop)
        images_per_s = rows / (time.monotonic() - start)
        self.ranks.average_statistics(self.net)
        metrics = self._evaluated(epoch)
        self.state.epoch = epoch
        if self.journal:
            numbers = {"loss": loss, "learning_rate": self.optimizer.get_lr(), **metrics}
            speed = {"samples_per_s": images_per_s, "seconds": time.monotonic() - start}
            self.journal.epoch({"epoch": epoch, "step": self.state.step, **numbers, **speed})
            is_best = bool(metrics) and self.state.best == self.state.last
            self.keeper.save(self.state, is_best, self._is_due(epoch, self.settings.save_interval))

    def _evaluated(self, epoch: int) -> dict[str, float]:
        """The epoch's metrics, which the state takes over; empty when it is not one to evaluate."""
        if not self._is_due(epoch, self.settings.eval_interval):
            return {}
        metrics, main = self.task.evaluate(self.net, self.ranks), self.task.main_metric
        self.state.last = {"epoch": epoch, **metrics}
        if metrics[main] >= self.state.best.get(main, -math.inf):
            self.state.best = self.state.last
        return metrics

    def _is_due(self, epoch: int, interval: int) -> bool:
        return epoch % interval == 0 or epoch == self.settings.epochs_iters

    def _steps(self, epoch: int, plan: list[Any], advance: Advance, stop: StopFlag) -> float:
        """Train on all batches of the plan; returns the mean loss of a row."""
        self.net.train()
        losses, rows = 0.0, 0
        with closing(self.task.batches(plan, epoch, self.ranks)) as batches:
            for number, batch in enumerate(batches):
                if number % STEPS_BETWEEN_STOP_CHECKS == 0 and self.ranks.any(stop.is_set):
                    self._stopped(epoch, complete=number == 0)
                loss = self.stepper.step(batch, self.state.step)
                self.state.step += 1
                losses, rows = losses + loss * batch.global_size, rows + batch.global_size
                if self.ranks.first:
                    advance(batch.global_size, note=f"loss {losses / rows:.3f}")
                if self.journal and self.state.step % self.settings.log_interval == 0:
                    self.journal.step(epoch, self.state.step, self.optimizer.get_lr(), loss)
        return sum(self.ranks.gather(losses)) / self.ranks.count / rows

    def _stopped(self, epoch: int, complete: bool) -> None:
        """Leave a usable `latest/` and end; `complete`: no step of the epoch was done."""
        self.state.step = self.state.epoch * self.steps_per_epoch  # a resumed run repeats the broken epoch
        held = "a checkpoint"
        if self.journal:
            held = self.keeper.stop(self.state, complete)
            self.journal.line(f"stopped by a signal in epoch {epoch}; {self.keeper.latest} holds {held}")
        message = f"stopped in epoch {epoch} of {self.settings.epochs_iters}; {self.keeper.latest.parent} holds {held}"
        raise Interrupted(message, fix=f"go on with -o Train.resume_path={self.keeper.latest}")
