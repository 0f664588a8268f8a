"""Recognition for the stages evaluate, export, register and predict; implements `ocrflow.tasks.tools.TaskTools`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.lists import Lists
from ocrflow.inference.ctc_decode import Reading
from ocrflow.inference.recognizer import Recognizer
from ocrflow.tasks.text_recognition.exporting import export_and_compare
from ocrflow.tasks.text_recognition.scoring import RecognitionScorer
from ocrflow.tasks.tools import Scorer


class RecognitionTools:
    """Reads text in images of one line."""

    main_metric = "acc"

    def open_model(self, model_dir: Path, batch_size: int, device: str, engine: str = "auto") -> Recognizer:
        return Recognizer(model_dir, batch_size, device, engine=engine)

    def scorer(self, model: Any, lists: Lists) -> Scorer:
        return RecognitionScorer(model, lists)

    def plain(self, answer: Reading) -> dict[str, Any]:
        return {"text": answer.text, "score": answer.score}

    def in_words(self, answer: Reading) -> str:
        return f"{answer.text}\t{answer.score:.4f}"

    def export(self, config: RunConfig, weights: Path, lists: Lists, model_dir: Path) -> dict[str, Any]:
        return export_and_compare(config, weights, lists, model_dir)
