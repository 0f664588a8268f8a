"""What a training tells: `train.log` in PaddleOCR's manner, `train/metrics.jsonl`, the tracker, the progress display."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Protocol

from ocrflow.files import write_failed


class Tracker(Protocol):
    """An experiment tracker; it must never raise."""

    def log_epoch(self, metrics: dict[str, float], step: int) -> None: ...

    def close(self, status: str) -> None: ...


class Journal:
    """The files of a run below `output`. A resumed run goes on in them, a new one starts them anew."""

    def __init__(self, output: Path, tracker: Tracker, resumed: bool):
        self.tracker = tracker
        self.metrics_file = output / "train" / "metrics.jsonl"
        try:
            self.metrics_file.parent.mkdir(parents=True, exist_ok=True)
            self._log = (output / "train.log").open("a" if resumed else "w", encoding="utf-8", buffering=1)
            self.epochs = self._read_epochs() if resumed else []
        except OSError as error:
            raise write_failed(output / "train.log", error) from error

    def line(self, text: str) -> None:
        """Write a line to train.log."""
        stamp = time.strftime("%Y/%m/%d %H:%M:%S")
        self._log.write("".join(f"[{stamp}] ocrflow INFO: {part}\n" for part in text.splitlines()))

    def epoch(self, record: dict[str, Any]) -> None:
        """Record an epoch's numbers: keys as in `train/metrics.jsonl`."""
        self.epochs = [earlier for earlier in self.epochs if earlier["epoch"] < record["epoch"]] + [record]
        lines = "".join(json.dumps(epoch) + "\n" for epoch in self.epochs)
        self.metrics_file.write_text(lines, encoding="utf-8")
        numbers = {key: value for key, value in record.items() if key not in ("epoch", "step") and value is not None}
        self.line(f"epoch {record['epoch']} (step {record['step']}): " + ", ".join(f"{k}: {v:.6g}" for k, v in numbers.items()))
        self.tracker.log_epoch(numbers, step=record["epoch"])

    def close(self, status: str) -> None:
        """End the tracker's run with MLflow's status word and close the log."""
        self.tracker.close(status)
        self._log.close()

    def _read_epochs(self) -> list[dict[str, Any]]:
        if not self.metrics_file.is_file():
            return []
        return [json.loads(line) for line in self.metrics_file.read_text(encoding="utf-8").splitlines()]
