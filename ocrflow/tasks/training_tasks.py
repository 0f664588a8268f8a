"""The one place that knows which task is trained by which class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrflow.config import RunConfig
from ocrflow.data.lists import Lists
from ocrflow.models import TEXT_RECOGNITION

if TYPE_CHECKING:
    from ocrflow.training.task import TrainingTask


def training_task(config: RunConfig, lists: Lists, processes: int) -> TrainingTask:
    """The dataset and model of `config`, ready to train as one of `processes` processes.

    Raises:
        DataError: rows or images that cannot be trained on.
    """
    if config.task == TEXT_RECOGNITION:
        from ocrflow.tasks.text_recognition.training import RecognitionTask

        return RecognitionTask(config, lists, processes)
    from ocrflow.tasks.text_detection.training import DetectionTask

    return DetectionTask(config, lists, processes)
