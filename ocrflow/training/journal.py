"""What a training tells: the terminal, `train.log` in PaddleOCR's manner, files in `train/`, the tracker.

`train/metrics.jsonl` has a record an epoch. `train/evaluations.jsonl` is there only when epochs were evaluated in their
middle: it has these evaluations as well, with parts of epochs as `epoch`.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from ocrflow.errors import DataError
from ocrflow.files import write_failed, write_jsonl

NOT_SAID = ("learning_rate", "samples_per_s", "seconds")


class Tracker(Protocol):
    """An experiment tracker; it must never raise."""

    def log_epoch(self, metrics: dict[str, float], step: int) -> None:
        """Log the numbers of one epoch."""

    def close(self, status: Any) -> None:
        """End the run with MLflow's status word."""


class Journal:
    """The files of a run below `output`. A resumed run goes on in them, a new one starts them anew.

    Args:
        epochs_iters: how many epochs there will be.

    Attributes:
        epochs: the records in `train/metrics.jsonl`; `between` those of evaluations in the middle of epochs.

    Raises:
        OutsideError: (all methods) a file cannot be written.
    """

    def __init__(self, output: Path, tracker: Tracker, resumed: bool, epochs_iters: int):
        self.tracker, self.epochs_iters = tracker, epochs_iters
        self.log_file = output / "train.log"
        self.metrics_file = output / "train" / "metrics.jsonl"
        self.evaluations_file = output / "train" / "evaluations.jsonl"
        try:
            output.mkdir(parents=True, exist_ok=True)
            self._log = self.log_file.open("a" if resumed else "w", encoding="utf-8", buffering=1)
        except OSError as error:
            raise write_failed(self.log_file, error) from error
        if not resumed:
            self.evaluations_file.unlink(missing_ok=True)
        self.epochs = self._read(self.metrics_file) if resumed else []
        self.between = [record for record in self._read(self.evaluations_file) if record["epoch"] % 1]

    def line(self, text: str) -> None:
        """Write to train.log."""
        stamp = time.strftime("%Y/%m/%d %H:%M:%S")
        try:
            self._log.write("".join(f"[{stamp}] ocrflow INFO: {part}\n" for part in text.splitlines()))
        except OSError as error:
            raise write_failed(self.log_file, error) from error

    def say(self, text: str) -> None:
        """Write to train.log and to stdout."""
        print(text, flush=True)
        self.line(text)

    def step(self, epoch: int, step: int, rate: float, loss: float) -> None:
        """Write one step's numbers to train.log."""
        self.line(f"epoch: [{epoch}/{self.epochs_iters}], global_step: {step}, lr: {rate:.6f}, loss: {loss:.6f}")

    def go_on_from(self, epoch: float) -> None:
        """Forget what was recorded after this many epochs: it is done again."""
        self.epochs = [record for record in self.epochs if record["epoch"] <= epoch]
        self.between = [record for record in self.between if record["epoch"] <= epoch]

    def evaluation(self, record: dict[str, Any]) -> None:
        """Record an evaluation in the middle of an epoch: `epoch` is a part of one."""
        self.between = [earlier for earlier in self.between if earlier["epoch"] < record["epoch"]] + [record]
        self._write_evaluations()
        scores = [f"{key} {value:.4f}" for key, value in record.items() if key not in ("epoch", "step")]
        self.say(f"epoch {record['epoch']:.2f}/{self.epochs_iters}: {', '.join(scores)}")

    def epoch(self, record: dict[str, Any]) -> None:
        """Record an epoch's numbers: keys as in `train/metrics.jsonl`."""
        self.epochs = [earlier for earlier in self.epochs if earlier["epoch"] < record["epoch"]] + [record]
        write_jsonl(self.metrics_file, self.epochs)
        if self.between:
            self._write_evaluations()
        numbers = {key: value for key, value in record.items() if key not in ("epoch", "step")}
        shown = [f"{key} {value:.4f}" for key, value in numbers.items() if key not in NOT_SAID]
        shown += [f"{record['samples_per_s']:.0f} images/s"] if "samples_per_s" in record else []
        self.say(f"epoch {record['epoch']}/{self.epochs_iters}: {', '.join(shown)}")
        self.tracker.log_epoch(numbers, step=record["epoch"])

    def close(self, status: str) -> None:
        """End the tracker's run with MLflow's status word and close the log."""
        self.tracker.close(status)
        with suppress(OSError):  # a full disk was told when the line was written
            self._log.close()

    def _write_evaluations(self) -> None:
        records = sorted([*self.epochs, *self.between], key=lambda record: record["epoch"])
        write_jsonl(self.evaluations_file, records)

    def _read(self, file: Path) -> list[dict[str, Any]]:
        if not file.is_file():
            return []
        try:
            return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        except ValueError as error:
            fix = f"remove the file, and {self.log_file} goes on alone"
            raise DataError(f"{file}: not one JSON object a line: {error}", fix=fix) from error
