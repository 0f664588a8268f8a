"""What rank 0 keeps of a training: `latest/`, `best_accuracy/` and `iter_epoch_N/`.

Every checkpoint is written as `latest/` first; the others are copies of it. So `latest/` is never older than
`best_accuracy/`, and a run that goes on from it equals one that never stopped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import paddle
from paddle import nn

from ocrflow.training import checkpoint
from ocrflow.training.average import Average
from ocrflow.training.checkpoint import BEST, LATEST, Snapshot
from ocrflow.training.find import PERIODIC, mark_run, periodic
from ocrflow.training.folders import fault_of, record_of, remove
from ocrflow.training.state import State, same_evaluation
from ocrflow.training.task import TrainingTask


class Keeper:
    """Writes the checkpoints of one training below `output`.

    Args:
        about: what every checkpoint says beside its state: facts, identity, batching.
        keep_last: how many `iter_epoch_N/` there may be.

    Attributes:
        former_run: the training that the checkpoint to go on from is of.
        names: the other checkpoints that are the same as the one to go on from.
        restored: the optimizer's state from a checkpoint; Paddle hands it out only after a step.
    """

    def __init__(
        self,
        task: TrainingTask,
        net: nn.Layer,
        optimizer: paddle.optimizer.Optimizer,
        average: Average | None,
        output: Path,
        about: dict[str, Any],
        keep_last: int = 1,
    ):
        self.task, self.net, self.optimizer, self.average = task, net, optimizer, average
        self.output, self.about, self.keep_last = output, about, keep_last
        self.former_run, self.names = "", list[str]()
        self.restored: dict[str, Any] = {}

    @property
    def latest(self) -> Path:
        """The weights to resume from."""
        return self.output / LATEST / f"{LATEST}.pdparams"

    def is_latest(self, path: str) -> bool:
        """Whether the checkpoint at `path` is this folder's `latest/`."""
        return Path(f"{checkpoint.prefix(path)}.pdparams").resolve() == self.latest.resolve()

    def begin(self, state: State, resume_path: str | None) -> None:
        """Make the folder that of this training; a checkpoint from elsewhere becomes `latest/`.

        The best evaluation is the one whose weights are here; without them the restored one, if it is of this moment.
        """
        if resume_path:
            self._adopt(state, checkpoint.prefix(resume_path))
        mark_run(self.output, state.run)

    def _adopt(self, state: State, path: str) -> None:
        missing = [name for name in self.names if name != BEST and fault_of(self.output / name)]
        if state.best and not self._has_best(state):
            state.best = state.last if state.is_evaluated else {}
            missing += [BEST] * state.is_evaluated
        if not self.is_latest(path) or self.former_run != state.run:
            missing.append(LATEST)
        for name in missing:
            checkpoint.copy(path, self.output, name, state.record(**self.about, names=self.names))
        if self.former_run == state.run:
            self._prune(state)

    def _has_best(self, state: State) -> bool:
        """Whether `best_accuracy/` is this training's and as good as the state says.

        A better one is of a later step, which a killed run reached and this one does again.
        """
        folder = self.output / BEST
        found = {key: value for key, value in record_of(folder).items() if key != "files"}
        if fault_of(folder) or found.get("run") not in (self.former_run, state.run):
            return False
        metrics, main = found["best_model_dict"], self.task.main_metric
        if not same_evaluation(metrics, state.best) and not metrics[main] >= state.best[main]:
            return False
        if found["run"] != state.run:
            checkpoint.copy(str(folder / BEST), self.output, BEST, found | {"run": state.run})
        return True

    def save(self, state: State, parts: list[Any] | None, is_there: bool, is_best: bool, is_periodic: bool) -> None:
        """Write `latest/`, and the same under the other names it has earned.

        Args:
            parts: what each process has of its own in the middle of an epoch, in rank order.
            is_there: `latest/` has the tensors of this step already.
        """
        names = [BEST] * is_best + [f"{PERIODIC}{state.epoch}"] * is_periodic
        record = state.record(**self.about, names=names)
        if is_there:
            checkpoint.copy(str(self.latest), self.output, LATEST, record)
        else:
            checkpoint.write(self.output, LATEST, self._snapshot(parts), record)
        for name in names:
            checkpoint.copy(str(self.latest), self.output, name, record)
        if is_periodic:
            self._prune(state)

    def _snapshot(self, parts: list[Any] | None) -> Snapshot:
        own, moments = self.net.state_dict(), self.optimizer.state_dict()
        if any(name.endswith(checkpoint.MOMENT) for name in moments):
            self.restored = {}
        moments = self.restored or moments
        if self.average is None:
            return Snapshot(own, moments, parts=parts)
        return Snapshot(self.average.state_dict(), moments, own, parts)

    def _prune(self, state: State) -> None:
        """Remove the periodic checkpoints that are too many, of epochs to come or of an earlier training."""
        records = {folder: record_of(folder) for folder in periodic(self.output)}
        ours = [
            folder
            for folder, record in records.items()
            if record.get("run") == state.run and record["epoch"] <= state.epoch
        ]
        for folder in records:
            if folder not in ours[: self.keep_last]:
                remove(folder)

    def best(self) -> dict[str, Any]:
        """The evaluation whose weights `best_accuracy/` holds."""
        return checkpoint.info(self.output, BEST)["best_model_dict"]
