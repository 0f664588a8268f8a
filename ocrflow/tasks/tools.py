"""What the stages after training ask of a task: run its exported model, score the answers, prove an export.

`tools_of(task)` is the only place that tells the tasks apart; the stages work with whatever it gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from ocrflow.config import RunConfig
from ocrflow.data.labels import Row
from ocrflow.data.lists import Lists
from ocrflow.errors import DataError
from ocrflow.models import TEXT_DETECTION, TEXT_RECOGNITION

WORST = 20  # rows in the gallery and in the result

Prediction = dict[str, Any]  # a line of evaluate/predictions.jsonl; has `image` and `correct`


class ExportedModel(Protocol):
    """An exported model that runs."""

    model_dir: Path

    @property
    def name(self) -> str:
        """PaddleX name; that of the folder when the model does not tell."""
        ...

    def predict_files(self, paths: Sequence[Path]) -> Iterator[Any | DataError]:
        """The answer to every image file in order, or the error that names the file which cannot be read."""
        ...


@dataclass(frozen=True)
class Scores:
    """How good predictions are.

    Attributes:
        metrics: by name; higher is better except for cer.
        wrong: predictions that are not right in every part.
        worst: up to `WORST` predictions; the wrong ones, worst first, or when there is none the least sure ones.
        details: what else the task wants in evaluate_result.json.
    """

    metrics: dict[str, float]
    wrong: int
    worst: list[Prediction]
    details: dict[str, Any] = field(default_factory=dict)


class Scorer(Protocol):
    """Compares a model's answers with the labels of one dataset."""

    def warn(self) -> None:
        """Print what about the labels cannot come out right with this model."""
        ...

    def prediction(self, row: Row, answer: Any) -> Prediction:
        """The line of one row for evaluate/predictions.jsonl."""
        ...

    def score(self, predictions: list[Prediction]) -> Scores:
        """The quality of all predictions."""
        ...

    def write_tables(self, folder: Path, predictions: list[Prediction]) -> None:
        """Write what the task has to tell beyond its metrics: tables.json and charts.png, or nothing."""
        ...

    def draw_worst(self, path: Path, scores: Scores) -> None:
        """Write a picture of `scores.worst`."""
        ...


class TaskTools(Protocol):
    """One task.

    Attributes:
        main_metric: the metric that models are chosen and registered by.
    """

    main_metric: str

    def open_model(self, model_dir: Path, batch_size: int, device: str, engine: str = "auto") -> ExportedModel:
        """Load an exported model; `engine` as `ocrflow.inference.engine.open_runner` has it.

        Raises:
            UsageError: the folder holds no model of this task. OutsideError: it cannot be loaded.
        """
        ...

    def scorer(self, model: ExportedModel, lists: Lists) -> Scorer:
        """For the answers of `model` to `lists.val`."""
        ...

    def plain(self, answer: Any) -> dict[str, Any]:
        """An answer as JSON has it."""
        ...

    def in_words(self, answer: Any) -> str:
        """An answer on one line of the terminal."""
        ...

    def export(self, config: RunConfig, weights: Path, lists: Lists, model_dir: Path) -> dict[str, Any]:
        """Write the inference model of trained weights, and compare both on validation rows.

        Returns:
            `rows` that were compared, and how many of what came out differently (a key that ends in `_mismatches`).

        Raises:
            UsageError: the weights are missing or of another model. DataError: the exported model answers otherwise.
        """
        ...


_TOOLS = {
    TEXT_RECOGNITION: "ocrflow.tasks.text_recognition.tools:RecognitionTools",
    TEXT_DETECTION: "ocrflow.tasks.text_detection.tools:DetectionTools",
}


def tools_of(task: str) -> TaskTools:
    """The tools of `text_recognition` or `text_detection`."""
    module, _, name = _TOOLS[task].partition(":")
    return getattr(import_module(module), name)()


def spread(rows: list[Row], most: int) -> list[Row]:
    """At most `most` rows, spread evenly over the list."""
    return rows[:: max(1, len(rows) // most)][:most]
