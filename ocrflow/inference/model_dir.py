"""What is in the folder of an exported model: `inference.json`, `inference.pdiparams`, `inference.yml`.

The files are PaddleX 3's; `inference.pdmodel` of PaddleX 2 is taken where there is no `inference.json`. What a
detector's settings say is read in `det_model_dir`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ocrflow.errors import UsageError
from ocrflow.models import TASK_OF_MODEL, TEXT_DETECTION

EXPORT = "ocrflow export -c CONFIG"


@dataclass(frozen=True)
class ModelInfo:
    """An exported recogniser.

    Attributes:
        model_name: PaddleX name; empty when `inference.yml` has no `Global.model_name`, which PaddleX allows.
        dictionary: characters in class order, without blank and space.
        base_width, rows: the narrowest input and its height in pixels.
        files: graph, parameters and settings, in this order.
    """

    model_name: str
    dictionary: list[str]
    base_width: int
    rows: int
    files: tuple[Path, Path, Path]


def read_model_dir(path: Path) -> ModelInfo:
    """Read and check the settings of the exported recogniser in the folder `path`.

    Raises:
        UsageError: no such folder, a file is missing, or it is not a recogniser that PaddleX would run.
    """
    files = model_files(path)
    settings = read_settings(files[2])
    model_name = str((settings.get("Global") or {}).get("model_name") or "")
    post = settings.get("PostProcess") or {}
    if TASK_OF_MODEL.get(model_name) == TEXT_DETECTION or post.get("name") == "DBPostProcess":
        raise UsageError(
            f"{path}: expected a text recognition model, got the detection model {model_name or '(no name)'}"
        )
    if post.get("name") != "CTCLabelDecode":
        raise UsageError(f"{files[2]}: PostProcess.name must be CTCLabelDecode, got {post.get('name')!r}", fix=EXPORT)
    rows, base_width = _input_shape(files[2], settings)
    return ModelInfo(model_name, _dictionary(files[2], post.get("character_dict")), base_width, rows, files)


def model_files(path: Path) -> tuple[Path, Path, Path]:
    """Graph, parameters and settings of the exported model in the folder `path`.

    Raises:
        UsageError: the folder or one of the files is missing.
    """
    if not path.is_dir():
        raise UsageError(f"{path}: no such folder; expected an exported model", fix=EXPORT)
    graph = path / "inference.json"
    old_graph = path / "inference.pdmodel"
    if not graph.is_file() and old_graph.is_file():
        graph = old_graph
    files = (graph, path / "inference.pdiparams", path / "inference.yml")
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise UsageError(f"{path}: an exported model needs {', '.join(missing)}, which is not there", fix=EXPORT)
    return files


def exported_folder(path: Path) -> Path:
    """The exported folder that `path` means: itself, `inference/` in it, or `inference/` beside a .pdparams file.

    Raises:
        UsageError: nothing there, or weights without an exported model beside them.
    """
    if path.is_dir():
        return path / "inference" if (path / "inference").is_dir() else path
    weights = path if path.suffix == ".pdparams" else Path(f"{path}.pdparams")
    if not weights.is_file():
        raise UsageError(f"{path}: no such folder of an exported model and no such .pdparams file", fix=EXPORT)
    if not (weights.parent / "inference").is_dir():
        raise UsageError(
            f"{weights}: no exported model (folder inference/) beside these weights",
            fix=f"{EXPORT} -o Export.weight_path={weights}, then use the folder it writes",
        )
    return weights.parent / "inference"


def model_sha256(path: Path) -> str:
    """Hex SHA-256 over the bytes of graph, parameters and settings, in this order.

    Raises:
        UsageError: as `model_files`.
    """
    digest = hashlib.sha256()
    for file in model_files(path):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read_settings(file: Path) -> dict[str, Any]:
    """The content of an `inference.yml`.

    Raises:
        UsageError: it is no YAML, or no object.
    """
    try:
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not YAML: {error}", fix=EXPORT) from error
    if not isinstance(settings, dict):
        raise UsageError(f"{file}: expected PaddleX's settings, got {type(settings).__name__}", fix=EXPORT)
    return settings


def transform_ops(settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The values of each step of `PreProcess.transform_ops` by its name; a step without values has an empty object."""
    ops = (settings.get("PreProcess") or {}).get("transform_ops") or []
    return {name: values or {} for op in ops if isinstance(op, dict) for name, values in op.items()}


def _input_shape(file: Path, settings: dict[str, Any]) -> tuple[int, int]:
    by_name = transform_ops(settings)
    shape = by_name.get("RecResizeImg", {}).get("image_shape")
    if not (isinstance(shape, list) and len(shape) == 3 and all(type(size) is int and size > 0 for size in shape)):
        raise UsageError(
            f"{file}: PreProcess.transform_ops needs RecResizeImg with image_shape [3, rows, width], got {shape!r}",
            fix=EXPORT,
        )
    img_mode = by_name.get("DecodeImage", {}).get("img_mode", "BGR")
    if shape[0] != 3 or img_mode != "BGR":
        raise UsageError(f"{file}: expected an input of 3 channels in BGR, got {shape[0]} in {img_mode}", fix=EXPORT)
    return shape[1], shape[2]


def _dictionary(file: Path, characters: Any) -> list[str]:
    if not isinstance(characters, list) or not characters:
        raise UsageError(f"{file}: PostProcess.character_dict is missing; expected a list of characters", fix=EXPORT)
    for index, character in enumerate(characters):
        if not isinstance(character, str):
            raise UsageError(
                f"{file}: PostProcess.character_dict[{index}] must be a string, got {character!r}",
                fix=f"put it in quotes: '{character}'",
            )
    return characters
