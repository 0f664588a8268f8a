"""What rank 0 keeps of a training: `best_accuracy/` and `latest/`, each with its inference model in the end.

`latest/` always holds a complete epoch once there is one, so a run that goes on from it equals one that never stopped.
"""

from __future__ import annotations

from pathlib import Path

import paddle
from paddle import nn

from ocrflow.errors import OcrflowError
from ocrflow.nets.weights import read_weights
from ocrflow.training import checkpoint
from ocrflow.training.checkpoint import BEST, LATEST
from ocrflow.training.state import State
from ocrflow.training.task import TrainingTask


class Keeper:
    """Writes the checkpoints of one training below `output`.

    Attributes:
        kept_epoch: the finished epoch that `latest/` holds; None before this training wrote it.
    """

    def __init__(self, task: TrainingTask, net: nn.Layer, optimizer: paddle.optimizer.Optimizer, output: Path):
        self.task, self.net, self.optimizer, self.output = task, net, optimizer, output
        self.kept_epoch: int | None = None

    @property
    def latest(self) -> Path:
        """The weights to resume from."""
        return self.output / LATEST / f"{LATEST}.pdparams"

    def adopt(self, state: State, resume_path: str) -> None:
        """Take over what was restored: a checkpoint of another folder is written to this one.

        The best epoch is the one whose weights are here; without them the restored one, if it was evaluated.
        """
        if state.best and checkpoint.info(self.output, BEST).get("best_model_dict") != state.best:
            state.best = state.last if state.last.get("epoch") == state.epoch else {}
            if state.best:
                checkpoint.copy(resume_path, self.output, BEST, state.record(self.task.facts()))
        if Path(resume_path.removesuffix(".pdparams") + ".pdparams").resolve() != self.latest.resolve():
            checkpoint.copy(resume_path, self.output, LATEST, state.record(self.task.facts()))
        self.kept_epoch = state.epoch

    def save(self, state: State, is_best: bool, is_due: bool) -> None:
        """Write the checkpoint of a finished epoch under the names it has earned."""
        if is_best:
            self._save(BEST, state)
        if is_due:
            self._save(LATEST, state)
            self.kept_epoch = state.epoch

    def stop(self, state: State, complete: bool) -> str:
        """Make `latest/` usable after a signal; returns what it holds.

        That is the last finished epoch. When none is kept yet it is the weights of this moment, from which a resumed
        run starts the epoch again.

        Args:
            complete: whether the network is that of `state.epoch`'s end.
        """
        if self.kept_epoch is None or (complete and self.kept_epoch != state.epoch):
            self._save(LATEST, state)
            self.kept_epoch = state.epoch if complete else None
        self._export(LATEST)
        return "the weights of this moment" if self.kept_epoch is None else f"epoch {self.kept_epoch}"

    def finish(self) -> None:
        """Write both inference models; the network ends with the best weights."""
        self._export(LATEST)
        self._export(BEST)

    def _save(self, name: str, state: State) -> None:
        checkpoint.save(self.output, name, self.net, self.optimizer, state.record(self.task.facts()))

    def _export(self, name: str) -> None:
        weights = self.output / name / f"{name}.pdparams"
        if not weights.is_file():
            raise OcrflowError(f"{weights} is not there any more", fix="train again into another folder")
        self.net.set_state_dict(read_weights(str(weights)).tensors)
        self.task.export(self.net, weights.parent / "inference")
