"""Detection for the stages evaluate, export, register and predict; implements `ocrflow.tasks.tools.TaskTools`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.lists import Lists
from ocrflow.inference.detector import Detector, FoundBox
from ocrflow.tasks.text_detection.exporting import export_and_compare
from ocrflow.tasks.text_detection.scoring import DetectionScorer
from ocrflow.tasks.tools import Scorer


class DetectionTools:
    """Finds texts in images."""

    main_metric = "hmean"

    def open_model(self, model_dir: Path, batch_size: int, device: str, engine: str = "auto") -> Detector:
        return Detector(model_dir, batch_size, device, engine=engine)

    def scorer(self, model: Any, lists: Lists) -> Scorer:
        return DetectionScorer(model, lists)

    def plain(self, answer: list[FoundBox]) -> dict[str, Any]:
        return {"boxes": [box.plain for box in answer]}

    def in_words(self, answer: list[FoundBox]) -> str:
        scores = " ".join(f"{box.score:.2f}" for box in answer)
        return f"{len(answer)} boxes\t{scores}"

    def export(self, config: RunConfig, weights: Path, lists: Lists, model_dir: Path) -> dict[str, Any]:
        return export_and_compare(config, weights, lists, model_dir)
