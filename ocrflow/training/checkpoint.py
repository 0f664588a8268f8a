"""Checkpoints in PaddleX's names: `NAME/NAME.pdparams`, `.pdopt`, `.states`, `.info.json`.

A checkpoint folder is replaced as a whole, so its files always belong together.
"""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import paddle
from paddle import nn

from ocrflow.errors import DataError, UsageError
from ocrflow.files import write_failed
from ocrflow.nets.weights import read_weights, unpickle

BEST, LATEST = "best_accuracy", "latest"


def save(output: Path, name: str, net: nn.Layer, optimizer: paddle.optimizer.Optimizer, state: dict[str, Any]) -> None:
    """Write the checkpoint `name` below `output`.

    Args:
        state: PaddleOCR's `.states` content: epoch (last one done), global_step, best_model_dict; and what ocrflow adds.

    Raises:
        OutsideError: the disk is full or not writable; the previous checkpoint is kept.
    """
    folder, fresh, old = output / name, output / f".{name}.new", output / f".{name}.old"
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        paddle.save(net.state_dict(), str(fresh / f"{name}.pdparams"))
        paddle.save(optimizer.state_dict(), str(fresh / f"{name}.pdopt"))
        (fresh / f"{name}.states").write_bytes(pickle.dumps(state, protocol=2))
        (fresh / f"{name}.info.json").write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise write_failed(folder, error) from error


def restore(path: str, net: nn.Layer, optimizer: paddle.optimizer.Optimizer) -> dict[str, Any]:
    """Put the checkpoint whose `.pdparams` file (or its prefix) is `path` into `net` and `optimizer`; return its state.

    Raises:
        UsageError: one of its files is missing. DataError: a file is damaged or belongs to another network.
    """
    prefix = Path(path.removesuffix(".pdparams"))
    files = [prefix.with_name(prefix.name + ending) for ending in (".pdparams", ".pdopt", ".states")]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise UsageError(f"Train.resume_path={path}: missing {', '.join(missing)}", fix="give OUT/latest/latest.pdparams")
    tensors = read_weights(str(files[0])).tensors
    wanted = {name: list(tensor.shape) for name, tensor in net.state_dict().items()}
    if {name: list(tensor.shape) for name, tensor in tensors.items()} != wanted:
        fix = "resume with the model and the dict.txt it was trained with"
        raise DataError(f"Train.resume_path={path}: the checkpoint is of another network or dictionary", fix=fix)
    net.set_state_dict(tensors)
    moments = {name: value for name, value in unpickle(files[1]).items() if not name.startswith("StructuredTo")}
    optimizer.set_state_dict(moments)
    return unpickle(files[2])
