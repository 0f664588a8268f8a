"""Checkpoints in PaddleX's names: `NAME/NAME.pdparams`, `.pdopt`, `.states`, `.info.json`.

A checkpoint folder is replaced as a whole, so its files always belong together.
"""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paddle
from paddle import nn

from ocrflow.errors import DataError, UsageError
from ocrflow.files import write_failed
from ocrflow.nets.pickled import unpickle
from ocrflow.nets.weights import read_weights

BEST, LATEST = "best_accuracy", "latest"


def save(output: Path, name: str, net: nn.Layer, optimizer: paddle.optimizer.Optimizer, state: dict[str, Any]) -> None:
    """Write the checkpoint `name` below `output`.

    Args:
        state: the content of `.states` and `.info.json`, see `State.record`.

    Raises:
        OutsideError: the disk is full or not writable; the previous checkpoint is kept.
    """
    with _replacing(output, name) as fresh:
        paddle.save(net.state_dict(), str(fresh / f"{name}.pdparams"))
        paddle.save(optimizer.state_dict(), str(fresh / f"{name}.pdopt"))
        _write_state(fresh, name, state)


def copy(path: str, output: Path, name: str, state: dict[str, Any]) -> None:
    """Write weights and optimizer of the checkpoint `path` below `output` as `name`, with another `state`.

    An optimizer that was restored and did no step yet has nothing to save, so this is no `save`.

    Raises:
        OutsideError: the disk is full or not writable; the previous checkpoint is kept.
    """
    with _replacing(output, name) as fresh:
        for ending in (".pdparams", ".pdopt"):
            shutil.copyfile(f"{_prefix(path)}{ending}", fresh / f"{name}{ending}")
        _write_state(fresh, name, state)


def _prefix(path: str) -> str:
    return path.removesuffix(".pdparams")


def _write_state(folder: Path, name: str, state: dict[str, Any]) -> None:
    (folder / f"{name}.states").write_bytes(pickle.dumps(state, protocol=2))
    (folder / f"{name}.info.json").write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")


@contextmanager
def _replacing(output: Path, name: str) -> Iterator[Path]:
    """A new folder that takes the place of `output`/`name` after the block; on an error that one stays."""
    folder, fresh = output / name, output / f".{name}.new"
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        yield fresh
        _swap(fresh, folder)
    except OSError as error:
        raise write_failed(folder, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def info(output: Path, name: str) -> dict[str, Any]:
    """The state that the checkpoint `name` below `output` was saved with; empty when there is none to read."""
    try:
        return json.loads((output / name / f"{name}.info.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def restore(path: str, net: nn.Layer, optimizer: paddle.optimizer.Optimizer) -> Any:
    """Put the checkpoint whose `.pdparams` file (or its prefix) is `path` into `net` and `optimizer`.

    Returns:
        The content of its `.states`.

    Raises:
        UsageError: one of its files is missing. DataError: a file is damaged or belongs to another network.
    """
    files = [Path(f"{_prefix(path)}{ending}") for ending in (".pdparams", ".pdopt", ".states")]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        fix = "give OUT/latest/latest.pdparams of a training that was stopped"
        raise UsageError(f"Train.resume_path={path}: missing {', '.join(missing)}", fix=fix)
    tensors, moments, state = read_weights(str(files[0])).tensors, unpickle(files[1]), unpickle(files[2])
    wanted = {name: list(tensor.shape) for name, tensor in net.state_dict().items()}
    if {name: list(tensor.shape) for name, tensor in tensors.items()} != wanted:
        fix = "resume with the model and the dict.txt it was trained with"
        raise DataError(f"Train.resume_path={path}: the checkpoint is of another network or dictionary", fix=fix)
    if not isinstance(moments, dict) or not _belongs(moments, net):
        fix = "take the .pdopt file that was written with the .pdparams file"
        raise DataError(f"{files[1]}: not the optimizer state of this network", fix=fix)
    net.set_state_dict(tensors)
    optimizer.set_state_dict({name: value for name, value in moments.items() if not name.startswith("StructuredTo")})
    return state


def _belongs(moments: dict[str, Any], net: nn.Layer) -> bool:
    """Whether Adam's moments have the names of the network's parameters; it has none before the first step."""
    found = [name for name in moments if name.endswith("_moment1_0")]
    return not found or any(f"{parameter.name}_moment1_0" in moments for parameter in net.parameters())
