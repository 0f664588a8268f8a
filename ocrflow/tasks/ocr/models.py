"""The two exported models that the pipeline runs: folders, or versions in the registry."""

from __future__ import annotations

from pathlib import Path

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.inference.det_model_dir import read_detector_dir
from ocrflow.inference.model_dir import read_model_dir
from ocrflow.inference.registry_uri import local_model_dir


def models_of(config: RunConfig) -> tuple[Path, Path]:
    """The folders of `Ocr.det_model` and `Ocr.rec_model`.

    Raises:
        UsageError: one is not set or not there, or is a model of the other task.
        OutsideError: the registry does not answer.
    """
    det_dir = _folder("Ocr.det_model", config.Ocr.det_model)
    read_detector_dir(det_dir)
    rec_dir = _folder("Ocr.rec_model", config.Ocr.rec_model)
    read_model_dir(rec_dir)
    return det_dir, rec_dir


def _folder(key: str, reference: str | None) -> Path:
    if not reference:
        raise UsageError(f"{key} is not set", fix=f"-o {key}=FOLDER of an exported model, or models:/NAME@ALIAS")
    return local_model_dir(reference)
