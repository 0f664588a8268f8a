"""The inference models beside a training's checkpoints."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from paddle import nn

from ocrflow.errors import OcrflowError
from ocrflow.nets.weights import read_weights
from ocrflow.training.checkpoint import BEST, LATEST
from ocrflow.training.find import periodic
from ocrflow.training.folders import record_of
from ocrflow.training.task import TrainingTask


def export_all(task: TrainingTask, net: nn.Layer, output: Path) -> list[dict[str, Any]]:
    """Write the inference model of every checkpoint below `output`; the network ends with the best weights.

    Returns:
        Name and score of the periodic checkpoints, newest first, with `latest` before them when it is newer than all;
        the score is None where that step was not evaluated.
    """
    latest, folders = output / LATEST, periodic(output)
    export(task, net, latest)
    for folder in folders:
        if _step(folder) == _step(latest):
            _same_model(latest, folder)
        else:
            export(task, net, folder)
    export(task, net, output / BEST)
    if not folders or _step(folders[0]) != _step(latest):
        folders = [latest, *folders]
    return [{"name": folder.name, "score": _score(folder, task.main_metric)} for folder in folders]


def export(task: TrainingTask, net: nn.Layer, folder: Path) -> None:
    """Write the inference model of a checkpoint into it; the network ends with its weights.

    Raises:
        OcrflowError: the checkpoint was removed meanwhile.
    """
    weights = folder / f"{folder.name}.pdparams"
    if not weights.is_file():
        raise OcrflowError(f"{weights} is not there any more", fix="train again into another folder")
    net.set_state_dict(read_weights(str(weights)).tensors)
    task.export(net, folder / "inference")


def _same_model(source: Path, target: Path) -> None:
    shutil.copytree(source / "inference", target / "inference", dirs_exist_ok=True)


def _step(folder: Path) -> int:
    return record_of(folder).get("global_step", -1)


def _score(folder: Path, main_metric: str) -> float | None:
    last = record_of(folder).get("last_model_dict", {})
    return last[main_metric] if last.get("step") == _step(folder) else None
