"""How far a training is, in memory and in a checkpoint's `.states` and `.info.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ocrflow.errors import DataError

NUMBERS = ("epoch_step", "epoch_rows", "epoch_loss", "stale_evaluations", "seconds")


@dataclass
class State:
    """Where a training is, and what it has found so far.

    Attributes:
        epoch: finished epochs.
        step: steps of the optimizer in all epochs.
        epoch_step, epoch_rows, epoch_loss: steps, rows and sum of the rows' losses in the epoch that is not finished.
        baseline: metrics before training.
        best, last: metrics of the best and of the last evaluation, with their `epoch` and `step`.
        stale_evaluations: how many there were since one was better than all before.
        seconds: time spent so far, over all runs.
        run: names the training; a resumed one keeps it.
        weights: the report on the starting weights.
        scaler: state of the loss scaling of mixed precision.
    """

    epoch: int = 0
    step: int = 0
    epoch_step: int = 0
    epoch_rows: int = 0
    epoch_loss: float = 0.0
    baseline: dict[str, float] = field(default_factory=dict)
    best: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    stale_evaluations: int = 0
    seconds: float = 0.0
    run: str = ""
    weights: dict[str, Any] = field(default_factory=dict)
    scaler: dict[str, Any] = field(default_factory=dict)

    @property
    def is_evaluated(self) -> bool:
        """Whether the last evaluation is of this step."""
        return bool(self.last) and self.last["step"] == self.step

    def begin_next_epoch(self) -> None:
        """The running epoch is finished."""
        self.epoch, self.epoch_step, self.epoch_rows, self.epoch_loss = self.epoch + 1, 0, 0, 0.0

    def record(self, **others: Any) -> dict[str, Any]:
        """PaddleOCR's keys epoch, global_step, best_model_dict; then ocrflow's and the `others`."""
        values = asdict(self)
        names = {"step": "global_step", "best": "best_model_dict", "last": "last_model_dict"}
        return {names.get(key, key): value for key, value in values.items()} | others

    @classmethod
    def of(cls, record: Any, source: str, steps_per_epoch: int, same_batches: bool) -> State:
        """The state that a record names.

        Args:
            steps_per_epoch: of the run that goes on; its schedule goes on at the same epoch.
            same_batches: whether the record's epoch was cut into the same batches; otherwise an unfinished epoch begins
                again, with the weights as they are.

        Raises:
            DataError: `source` holds another record.
        """
        try:
            epoch = int(record["epoch"])
            state = cls(epoch, baseline=dict(record.get("baseline", {})))
            numbers = {name: type(getattr(state, name))(record.get(name, 0)) for name in NUMBERS}
            if not same_batches:
                numbers |= {"epoch_step": 0, "epoch_rows": 0, "epoch_loss": 0.0}
            vars(state).update(numbers, run=str(record.get("run", "")))
            state.step = int(record["global_step"]) if same_batches else epoch * steps_per_epoch
            state.best, state.last = (_at(record, name, state.step) for name in ("best_model_dict", "last_model_dict"))
            state.weights, state.scaler = dict(record.get("weights", {})), dict(record.get("scaler", {}))
            return state
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"{source}: its .states file is not of a checkpoint that ocrflow wrote ({error!r})"
            fix = f"start from its weights instead: -o Train.resume_path=null Train.pretrain_weight_path={source}"
            raise DataError(message, fix=fix) from error


def _at(record: dict[str, Any], name: str, step: int) -> dict[str, Any]:
    """The metrics of an evaluation; one of the record's own moment belongs to `step` in this run."""
    found = dict(record[name])
    here = found.get("step", record["global_step"]) == record["global_step"]
    if found and "step" not in found:  # as written before evaluations had a step
        here = found["epoch"] == record["epoch"]
    return found | {"step": step if here else found.get("step", -1)} if found else {}


def same_evaluation(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether both are of one evaluation, whatever the steps were counted in."""
    return {**first, "step": None} == {**second, "step": None}
