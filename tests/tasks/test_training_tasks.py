"""Which task trains which model."""

from __future__ import annotations

from ocrflow.config import GlobalSection, RunConfig
from ocrflow.data.lists import lists_of
from ocrflow.tasks.text_detection.training import DetectionTask
from ocrflow.tasks.text_recognition.training import RecognitionTask
from ocrflow.tasks.tools import tools_of
from ocrflow.tasks.training_tasks import training_task


def test_the_model_decides(plates, scenes, tmp_path):
    for model, dataset, kind in (
        ("PP-OCRv6_tiny_rec", plates, RecognitionTask),
        ("PP-OCRv6_tiny_det", scenes, DetectionTask),
    ):
        section = GlobalSection(model=model, dataset_dir=str(dataset), output=str(tmp_path), device="cpu")
        config = RunConfig(Global=section)
        task = training_task(config, lists_of(config), 1)
        assert type(task) is kind
        assert task.main_metric == tools_of(config.task).main_metric
