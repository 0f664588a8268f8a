"""OCR.yaml: what `paddlex.create_pipeline` needs to run two exported models as one pipeline, in PaddleX 3's form.

A relative `model_dir` is taken from the working directory, as PaddleX does. Where nothing is there ocrflow looks beside
the file too, so that a folder with OCR.yaml and its models can be moved.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path

import yaml

from ocrflow.errors import UsageError
from ocrflow.files import write_text
from ocrflow.inference.det_model_dir import read_detector_dir
from ocrflow.inference.det_preprocess import MOST
from ocrflow.inference.model_dir import read_model_dir
from ocrflow.tasks.ocr.params import DetectionParams, OcrSettings
from ocrflow.tasks.ocr.schema import parse_pipeline_file

__all__ = ["DetectionParams", "OcrSettings", "detection_params", "read_ocr_yaml", "write_ocr_yaml"]

ANY_DETECTOR, ANY_RECOGNIZER = "PP-OCRv6_tiny_det", "PP-OCRv6_tiny_rec"  # for an inference.yml without a name
REC_BATCH_SIZE = 1  # PaddleX pads a batch to its widest crop: what is read in a crop would depend on its neighbours


def detection_params(det_dir: Path) -> DetectionParams:
    """The values that the exported detector in `det_dir` was evaluated with: those of its inference.yml.

    Raises:
        UsageError: the folder holds no detector.
    """
    info = read_detector_dir(det_dir)
    boxes = info.boxes
    return DetectionParams(info.longest_side, "max", MOST, boxes.thresh, boxes.box_thresh, boxes.unclip_ratio)


def write_ocr_yaml(
    path: Path, det_dir: Path, rec_dir: Path, det_params: DetectionParams | None = None, score_thresh: float = 0.0
) -> OcrSettings:
    """Write `path` for two exported models, and return what it says.

    Folders below the working directory are written relative to it, others absolute. Orientation and unwarping are off.

    Args:
        det_params: by default `detection_params(det_dir)`.

    Raises:
        UsageError: a folder holds no model of its task. OutsideError: the file cannot be written.
    """
    settings = OcrSettings(
        **asdict(det_params or detection_params(det_dir)),
        det_dir=det_dir,
        rec_dir=rec_dir,
        det_name=read_detector_dir(det_dir).model_name or ANY_DETECTOR,
        rec_name=read_model_dir(rec_dir).model_name or ANY_RECOGNIZER,
        rec_batch_size=REC_BATCH_SIZE,
        score_thresh=score_thresh,
    )
    write_text(path, _yaml(settings))
    return settings


def _yaml(settings: OcrSettings) -> str:
    detection = {
        "module_name": "text_detection",
        "model_name": settings.det_name,
        "model_dir": _shown(settings.det_dir),
        **{field.name: getattr(settings, field.name) for field in fields(DetectionParams)},
    }
    recognition = {
        "module_name": "text_recognition",
        "model_name": settings.rec_name,
        "model_dir": _shown(settings.rec_dir),
        "batch_size": settings.rec_batch_size,
        "score_thresh": settings.score_thresh,
    }
    switches = {"use_doc_preprocessor": False, "use_textline_orientation": False}
    modules = {"TextDetection": detection, "TextRecognition": recognition}
    content = {"pipeline_name": "OCR", "text_type": "general", **switches, "SubModules": modules}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)


def _shown(model_dir: Path) -> str:
    """The folder as PaddleX finds it from here; the ./ keeps PaddleX from taking a folder 1e3 for a number."""
    folder, here = model_dir.resolve(), Path.cwd()
    return f"./{folder.relative_to(here).as_posix()}" if folder.is_relative_to(here) else folder.as_posix()


def read_ocr_yaml(path: Path) -> OcrSettings:
    """Read and check an OCR.yaml, ocrflow's or PaddleX's own; keys that are missing have PaddleX's defaults.

    Raises:
        UsageError: no such file, another pipeline, an unknown key or a value that PaddleX would not take, a part that
            ocrflow does not run (orientation, unwarping), or a folder without the model that is named.
    """
    modules = parse_pipeline_file(path).SubModules
    detection, recognition = modules.TextDetection, modules.TextRecognition
    det_dir = _found(path, "TextDetection", detection.model_dir)
    rec_dir = _found(path, "TextRecognition", recognition.model_dir)
    _same_name(path, "TextDetection", detection.model_name, read_detector_dir(det_dir).model_name)
    _same_name(path, "TextRecognition", recognition.model_name, read_model_dir(rec_dir).model_name)
    return OcrSettings(
        **{field.name: getattr(detection, field.name) for field in fields(DetectionParams)},
        det_dir=det_dir,
        rec_dir=rec_dir,
        det_name=detection.model_name,
        rec_name=recognition.model_name,
        rec_batch_size=recognition.batch_size,
        score_thresh=recognition.score_thresh,
    )


def _found(path: Path, module: str, model_dir: str | None) -> Path:
    key = f"{path}: SubModules.{module}.model_dir"
    if model_dir is None:
        raise UsageError(f"{key} is null: official models are not downloaded", fix="name an exported model's folder")
    places = list(dict.fromkeys((Path(model_dir), path.parent / model_dir)))
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        tried = " and no ".join(map(str, places))
        raise UsageError(f"{key}: no {tried}", fix="run where the file was written, or correct the path")
    return folder


def _same_name(path: Path, module: str, wanted: str, found: str) -> None:
    if found and wanted != found:
        message = f"{path}: SubModules.{module}.model_name is {wanted}, but its model_dir holds {found}"
        raise UsageError(f"{message}, which PaddleX refuses", fix=f"write model_name: {found}")
