"""How far a training is, in memory and in a checkpoint's `.states` and `.info.json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ocrflow.errors import DataError


@dataclass
class State:
    """Finished epochs and steps, and the metrics before training, of the best and of the last evaluated epoch.

    `best` and `last` hold their epoch beside the metrics; all three are empty until known.
    """

    epoch: int = 0
    step: int = 0
    baseline: dict[str, float] = field(default_factory=dict)
    best: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)

    def record(self, facts: dict[str, Any]) -> dict[str, Any]:
        """PaddleOCR's keys epoch, global_step, best_model_dict; then ocrflow's, among them the task's `facts`."""
        done = {"epoch": self.epoch, "global_step": self.step, "best_model_dict": self.best}
        return {**done, "last_model_dict": self.last, "baseline": self.baseline, "facts": facts}

    @classmethod
    def of(cls, record: Any, source: str, steps_per_epoch: int) -> State:
        """The state at the end of the epoch that a record names.

        Raises:
            DataError: `source` holds another record.
        """
        try:
            epoch = int(record["epoch"])
            numbers = record.get("baseline", {}), record["best_model_dict"], record["last_model_dict"]
            return cls(epoch, epoch * steps_per_epoch, *map(dict, numbers))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"{source}: its .states file is not of a checkpoint that ocrflow wrote ({error!r})"
            fix = f"start from its weights instead: -o Train.resume_path=null Train.pretrain_weight_path={source}"
            raise DataError(message, fix=fix) from error
