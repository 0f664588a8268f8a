"""What the `inference.yml` of an exported detector says: how images are resized and how boxes are found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrflow.errors import UsageError
from ocrflow.inference.det_preprocess import LONGEST_SIDE, MEAN, STD, SideLimit
from ocrflow.inference.model_dir import EXPORT, model_files, read_settings, transform_ops
from ocrflow.models import TASK_OF_MODEL, TEXT_RECOGNITION
from ocrflow.tasks.text_detection.postprocess import PostprocessSettings

_DEFAULTS = {"thresh": 0.3, "box_thresh": 0.6, "unclip_ratio": 2.0, "max_candidates": 1000}  # PaddleX's
_FIXED = {"use_dilation": (False,), "score_mode": ("fast", "slow"), "box_type": ("quad",)}


@dataclass(frozen=True)
class DetectorInfo:
    """An exported detector.

    Attributes:
        model_name: PaddleX name; empty when `inference.yml` has no `Global.model_name`, which PaddleX allows.
        longest_side: larger images are shrunk to it, in pixels.
        boxes: how boxes are found in the network's map.
        files: graph, parameters and settings, in this order.
        other_limit: what an OCR.yaml says in place of `longest_side`.
    """

    model_name: str
    longest_side: int
    boxes: PostprocessSettings
    files: tuple[Path, Path, Path]
    other_limit: SideLimit | None = None

    @property
    def limit(self) -> SideLimit:
        """How large images run."""
        return self.other_limit or SideLimit(self.longest_side)


def read_detector_dir(path: Path) -> DetectorInfo:
    """Read and check the settings of the exported detector in the folder `path`.

    Raises:
        UsageError: no such folder, a file is missing, or it is not a detector that PaddleX would run.
    """
    files = model_files(path)
    settings = read_settings(files[2])
    name = str((settings.get("Global") or {}).get("model_name") or "")
    post = settings.get("PostProcess") or {}
    if TASK_OF_MODEL.get(name) == TEXT_RECOGNITION or post.get("name") == "CTCLabelDecode":
        raise UsageError(f"{path}: expected a text detection model, got the recognition model {name or '(no name)'}")
    if post.get("name") != "DBPostProcess":
        raise UsageError(f"{files[2]}: PostProcess.name must be DBPostProcess, got {post.get('name')!r}", fix=EXPORT)
    for key, known in _FIXED.items():
        if post.get(key, known[0]) not in known:
            expected = " or ".join(map(repr, known))
            raise UsageError(f"{files[2]}: PostProcess.{key} must be {expected}, got {post[key]!r}", fix=EXPORT)
    return DetectorInfo(name, _longest_side(files[2], settings), _boxes(files[2], post), files)


def _boxes(file: Path, post: dict[str, Any]) -> PostprocessSettings:
    numbers = {key: _number(file, post, key, default) for key, default in _DEFAULTS.items()}
    most = int(numbers.pop("max_candidates"))
    return PostprocessSettings(**numbers, max_candidates=most, slow_score=post.get("score_mode") == "slow")


def _longest_side(file: Path, settings: dict[str, Any]) -> int:
    """`resize_long`, which PaddleX 3.7 takes as the limit of the longer side for all PP-OCR detectors."""
    ops = transform_ops(settings)
    img_mode = ops.get("DecodeImage", {}).get("img_mode", "BGR")
    if img_mode != "BGR":
        raise UsageError(f"{file}: expected an input in BGR, got {img_mode}", fix=EXPORT)
    norm = ops.get("NormalizeImage", {})
    for key, expected in (("mean", MEAN), ("std", STD)):
        if list(norm.get(key, expected)) != list(expected):
            raise UsageError(f"{file}: NormalizeImage.{key} must be {list(expected)}, got {norm[key]}", fix=EXPORT)
    if "DetResizeForTest" not in ops:
        raise UsageError(f"{file}: PreProcess.transform_ops needs DetResizeForTest", fix=EXPORT)
    return int(_number(file, ops["DetResizeForTest"], "resize_long", LONGEST_SIDE))


def _number(file: Path, values: dict[str, Any], key: str, default: float) -> float:
    value = values.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise UsageError(f"{file}: {key} must be a number above 0, got {value!r}", fix=EXPORT)
    return value
