"""Models and pipelines for Python: `ocrflow.load_model` and `ocrflow.load_pipeline`.

    model = ocrflow.load_model("output/text_recognition/export")
    for line in model.predict(["plate.jpg", "photos/*.png", image_HWC]):
        print(line.image, line.text, line.score)

Whatever was given is read ahead, answered in batches of one size and forgotten: memory does not grow with the inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from ocrflow.errors import UsageError
from ocrflow.inference.answers import ImageBoxes, TextBox, TextLine
from ocrflow.inference.ctc_decode import Reading
from ocrflow.inference.detector import Detector, FoundBox
from ocrflow.inference.model import Model
from ocrflow.inference.model_dir import EXPORT, read_settings
from ocrflow.inference.pipeline import OcrPipeline
from ocrflow.inference.recognizer import Recognizer
from ocrflow.inference.registry_uri import local_model_dir
from ocrflow.models import TASK_OF_MODEL, TEXT_DETECTION, TEXT_RECOGNITION

Engine = Literal["auto", "paddle", "onnxruntime", "openvino"]
LINES_AT_A_TIME, IMAGES_AT_A_TIME = 256, 16
_TASK_OF_POSTPROCESS = {"CTCLabelDecode": TEXT_RECOGNITION, "DBPostProcess": TEXT_DETECTION}


def load_model(
    model: str | Path,
    *,
    engine: Engine = "auto",
    device: str = "auto",
    batch_size: int = 32,
    task: str | None = None,
) -> Model:
    """Load an exported recogniser or detector.

    Args:
        model: its folder, or an address in MLflow's registry such as models:/NAME@ALIAS.
        engine: what runs it; auto: the fastest that is installed and has the files it needs.
        device: auto, cpu, gpu or gpu:N.
        batch_size: most images of one size that run together.
        task: text_recognition or text_detection where only that is wanted.

    Raises:
        UsageError: no such model, not one that can be used, or one of another task.
        OutsideError: the engine or the device is not there, or MLflow cannot be used.
    """
    if Path(model).suffix.lower() in (".yaml", ".yml") and Path(model).is_file():
        raise UsageError(
            f"{model}: expected the folder of a model, got a file", fix=f"ocrflow.load_pipeline({model!r})"
        )
    model_dir = local_model_dir(model)
    if (task or task_of_model_dir(model_dir)) == TEXT_DETECTION:
        detector = Detector(model_dir, batch_size, device, engine=engine)
        return Model(TEXT_DETECTION, {TEXT_DETECTION: detector}, detector.predict, _found, IMAGES_AT_A_TIME)
    recognizer = _recognizer(model_dir, batch_size, device, engine)
    return Model(TEXT_RECOGNITION, {TEXT_RECOGNITION: recognizer}, recognizer.predict, _line, LINES_AT_A_TIME)


def load_pipeline(
    pipeline: str | Path | tuple[str | Path, str | Path],
    *,
    engine: Engine = "auto",
    device: str = "auto",
    batch_size: int = 32,
) -> Model:
    """Load a detector and a recogniser that work together.

    Args:
        pipeline: an OCR.yaml of ocrflow or PaddleX 3, or (detector, recogniser), each as `load_model` takes it; then
            the detector's own thresholds count.
        engine, device, batch_size: as `load_model` has them.

    Raises:
        UsageError: the file or a model cannot be used. OutsideError: as `load_model`.
    """
    settings = None
    if isinstance(pipeline, str | Path):
        from ocrflow.tasks.ocr.settings import read_ocr_yaml

        settings = read_ocr_yaml(Path(pipeline))
        pipeline = settings.det_dir, settings.rec_dir
    det_dir, rec_dir = (local_model_dir(part) for part in pipeline)
    detector = Detector(det_dir, batch_size, device, engine=engine)
    recognizer = _recognizer(rec_dir, batch_size, device, engine)
    both: dict[str, Recognizer | Detector] = {TEXT_DETECTION: detector, TEXT_RECOGNITION: recognizer}
    return Model("ocr", both, OcrPipeline(detector, recognizer, settings).predict, _read, IMAGES_AT_A_TIME)


def task_of_model_dir(model_dir: Path) -> str:
    """text_recognition or text_detection, from the model's `inference.yml`.

    Raises:
        UsageError: it says neither.
    """
    file = model_dir / "inference.yml"
    settings = read_settings(file)
    post = (settings.get("PostProcess") or {}).get("name")
    name = (settings.get("Global") or {}).get("model_name")
    task = _TASK_OF_POSTPROCESS.get(str(post)) or TASK_OF_MODEL.get(str(name))
    if task is None:
        expected = " or ".join(_TASK_OF_POSTPROCESS)
        raise UsageError(f"{file}: PostProcess.name must be {expected}, got {post!r}", fix=EXPORT)
    return task


def _recognizer(model_dir: Path, batch_size: int, device: str, engine: Engine) -> Recognizer:
    """The recogniser, after it has read once: a dictionary of another size is refused before any work is done."""
    recognizer = Recognizer(model_dir, batch_size, device, engine=engine)
    rows, width = recognizer.info.rows, recognizer.info.base_width
    recognizer.predict([np.zeros((rows, columns, 3), np.uint8) for columns in (width, width + rows)])
    return recognizer


def _line(name: str, page: int | None, reading: Reading) -> TextLine:
    return TextLine(name, reading.text, reading.score, page)


def _found(name: str, page: int | None, boxes: Sequence[FoundBox]) -> ImageBoxes:
    return ImageBoxes(name, tuple(TextBox(box.points, box.score) for box in boxes), page)


def _read(name: str, page: int | None, boxes: tuple[TextBox, ...]) -> ImageBoxes:
    return ImageBoxes(name, boxes, page)
