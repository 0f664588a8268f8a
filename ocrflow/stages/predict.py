"""The stage predict: runs an exported model on new images and writes `predict/predictions.jsonl`, one object an image.

Recognition: {"image", "text", "score"}; detection: {"image", "boxes": [{"points", "score"}]}.
"""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.faults import refuse_errors
from ocrflow.data.images import SUFFIXES
from ocrflow.data.lines import scan_lines
from ocrflow.data.root import find_root
from ocrflow.errors import DataError, UsageError
from ocrflow.files import write_jsonl
from ocrflow.inference.model_dir import model_sha256
from ocrflow.progress import track
from ocrflow.provenance import made_of
from ocrflow.tasks.tools import ExportedModel, TaskTools, tools_of

SHOWN = 20  # answers printed
HOW = "-o Predict.input=IMAGE, a folder, a glob in quotes, or a list such as val.txt"


def run(config: RunConfig) -> dict[str, Any]:
    """Answer every image of `Predict.input`.

    Raises:
        UsageError: no input, no image in it, or no exported model of the configured task.
        DataError: some images cannot be read; raised after the answers to the others were written.
    """
    paths = input_paths(config.Predict.input, Path(config.Global.dataset_dir))
    tools = tools_of(config.task)
    model = tools.open_model(model_dir_of(config), config.Predict.batch_size, config.Global.device)
    predictions, faults = _predictions(model, tools, paths)
    file = Path(config.Global.output) / "predict" / "predictions.jsonl"
    write_jsonl(file, predictions)
    more = f", {len(predictions) - SHOWN} of them not shown" if len(predictions) > SHOWN else ""
    print(f"read {len(predictions)} images{more}, see {file}")
    sha256 = model_sha256(model.model_dir)
    result = {
        "images": len(paths),
        "images_read": len(predictions),
        "unreadable": faults,
        "predictions": str(file),
        "model_dir": str(model.model_dir),
        "model_sha256": sha256,
        "made_of": made_of(config, model_sha256=sha256),
    }
    if faults:
        raise _unreadable(result)
    return result


def model_dir_of(config: RunConfig) -> Path:
    """`Predict.model_dir`, else the folder that the stage export wrote, else the best model of the training."""
    if config.Predict.model_dir is not None:
        return Path(config.Predict.model_dir)
    output = Path(config.Global.output)
    exported = Path(config.Export.save_dir) if config.Export.save_dir else output / "export"
    return exported if exported.is_dir() else output / "best_accuracy" / "inference"


def input_paths(source: str | None, dataset_dir: Path) -> list[Path]:
    """The images that `Predict.input` names, in the order of a list and else by name.

    Args:
        source: an image, a folder (searched recursively), a glob, or a list of images in PaddleX's format.
        dataset_dir: where images of a list are that are not beside it.

    Raises:
        UsageError: nothing was given, it is a URL, or there is no image in it.
        DataError: a list is not UTF-8.
    """
    if not source:
        raise UsageError("Predict.input is not set", fix=HOW)
    if source.startswith(("http://", "https://")):
        raise UsageError(
            f"Predict.input: {source} is a URL, which is not fetched", fix="download it first, then " + HOW
        )
    path = Path(source)
    if path.is_dir():
        paths = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    elif path.is_file():
        paths = _listed(path, dataset_dir) if path.suffix.lower() == ".txt" else [path]
    else:
        found = glob.glob(source, recursive=True)  # noqa: PTH207 - Path.glob raises for some patterns
        paths = sorted(file for name in found if (file := Path(name)).is_file())
    if not paths:
        raise UsageError(f"Predict.input: {source}: no such file, or no images in it", fix=HOW)
    return paths


def _listed(list_file: Path, dataset_dir: Path) -> list[Path]:
    """The images of a list: one a line up to a tab, relative to the list or else to the dataset."""
    lines, faults = scan_lines(list_file, "list")
    refuse_errors(faults)
    names = [name for _, line in lines if (name := line.split("\t")[0].strip())]
    root = find_root(dataset_dir)[0] or dataset_dir
    return [beside if (beside := list_file.parent / name).exists() else root / name for name in names]


def _predictions(model: ExportedModel, tools: TaskTools, paths: list[Path]) -> tuple[list[dict[str, Any]], list[str]]:
    predictions: list[dict[str, Any]] = []
    faults: list[str] = []
    shown: list[str] = []
    with track("predict", len(paths)) as advance:
        for path, answer in zip(paths, model.predict_files(paths), strict=True):
            if isinstance(answer, DataError):
                faults.append(str(answer))
            else:
                predictions.append({"image": str(path), **tools.plain(answer)})
                shown += [f"{path}\t{tools.in_words(answer)}"] if len(shown) < SHOWN else []
            advance(1)
    if shown:
        print("\n".join(shown))
    return predictions, faults


def _unreadable(result: dict[str, Any]) -> DataError:
    faults = result["unreadable"]
    named = "\n".join(f"  {fault}" for fault in faults)
    error = DataError(f"{len(faults)} of {result['images']} images cannot be read; the others were:\n{named}")
    error.result = result  # type: ignore[attr-defined]
    return error
