"""Checkpoints in PaddleX's names: `NAME/NAME.pdparams`, `.pdopt`, `.states`, `.info.json`.

`.pdparams` holds the weights that are scored and exported. With `Train.ema` these are the averaged ones, and
`.raw.pdparams` holds those that the optimizer goes on from. With several processes in the middle of an epoch `.ranks`
holds what differs from process to process. `.states` and `.info.json` say the same, see `State.record`.
"""

from __future__ import annotations

import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paddle
from paddle import nn

from ocrflow.errors import DataError, UsageError
from ocrflow.nets.pickled import unpickle
from ocrflow.nets.weights import read_weights
from ocrflow.training.folders import fault_of, record_of, replacing_folder, same_file, seal

BEST, LATEST = "best_accuracy", "latest"
NEEDED = (".pdparams", ".pdopt", ".states")
OPTIONAL = (".raw.pdparams", ".ranks")
Tensors = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """What a training has at one moment.

    Attributes:
        weights: the scored ones.
        raw: those that training goes on from when they are others, else None.
        parts: what each process has of its own, in rank order; None when nothing differs.
    """

    weights: Tensors
    optimizer: Tensors
    raw: Tensors | None = None
    parts: list[Any] | None = None


def save(output: Path, name: str, net: nn.Layer, optimizer: paddle.optimizer.Optimizer, record: dict[str, Any]) -> None:
    """Write a network and its optimizer as the checkpoint `name` below `output`; see `write`."""
    write(output, name, Snapshot(net.state_dict(), optimizer.state_dict()), record)


def write(output: Path, name: str, snapshot: Snapshot, record: dict[str, Any]) -> None:
    """Write the checkpoint `name` below `output`.

    Raises:
        OutsideError: the disk is full or not writable; the previous checkpoint is kept.
    """
    with replacing_folder(output / name) as fresh:
        paddle.save(snapshot.weights, str(fresh / f"{name}.pdparams"))
        paddle.save(snapshot.optimizer, str(fresh / f"{name}.pdopt"))
        if snapshot.raw is not None:
            paddle.save(snapshot.raw, str(fresh / f"{name}.raw.pdparams"))
        if snapshot.parts is not None:
            (fresh / f"{name}.ranks").write_bytes(pickle.dumps(snapshot.parts, protocol=2))
        _write_record(fresh, name, record)


def copy(path: str, output: Path, name: str, record: dict[str, Any]) -> None:
    """Write weights and optimizer of the checkpoint `path` below `output` as `name`, with another record.

    Two checkpoints never share a file: what damages one leaves the other whole.

    Raises:
        OutsideError: the disk is full or not writable; the previous checkpoint is kept.
    """
    is_itself = Path(path).parent.resolve() == (output / name).resolve()
    with replacing_folder(output / name) as fresh:
        for ending in (".pdparams", ".pdopt", *OPTIONAL):
            source, target = Path(f"{prefix(path)}{ending}"), fresh / f"{name}{ending}"
            if source.is_file() or ending not in OPTIONAL:
                (same_file if is_itself else shutil.copyfile)(source, target)
        _write_record(fresh, name, record)


def _write_record(folder: Path, name: str, record: dict[str, Any]) -> None:
    (folder / f"{name}.states").write_bytes(pickle.dumps(record, protocol=2))
    seal(folder, name, record)


def prefix(path: str) -> str:
    """A checkpoint's path without the ending."""
    return path.removesuffix(".pdparams")


def info(output: Path, name: str) -> dict[str, Any]:
    """The record that the checkpoint `name` below `output` was saved with; empty when there is none to read."""
    return record_of(output / name)


def record(path: str) -> Any:
    """The content of the `.states` beside a `.pdparams` file (or its prefix), after a look at all its files.

    Raises:
        UsageError: one of them is missing. DataError: one is damaged.
    """
    missing = [f"{prefix(path)}{ending}" for ending in NEEDED if not Path(f"{prefix(path)}{ending}").is_file()]
    if missing:
        fix = "give OUT/latest/latest.pdparams of a training that was stopped, or auto"
        raise UsageError(f"Train.resume_path={path}: missing {', '.join(missing)}", fix=fix)
    states = Path(f"{prefix(path)}.states")
    if "files" in record_of(states.parent, states.stem):
        fault = fault_of(states.parent, states.stem)
        if fault:
            message = f"Train.resume_path={path}: the checkpoint is damaged: {fault}"
            raise DataError(message, fix="-o Train.resume_path=auto takes the newest complete one")
    return unpickle(states)


@dataclass(frozen=True)
class Restored:
    """What a checkpoint has beside what went into network and optimizer.

    Attributes:
        averaged: the scored weights when they are others than those that training goes on from, else None.
        moments: the optimizer's state.
        parts: what each process had of its own, in rank order; None when nothing differed.
    """

    averaged: Tensors | None
    moments: Tensors
    parts: list[Any] | None


def restore(path: str, net: nn.Layer, optimizer: paddle.optimizer.Optimizer) -> Restored:
    """Put the checkpoint whose `.pdparams` file (or its prefix) is `path` into `net` and `optimizer`.

    Raises:
        DataError: a file is damaged or belongs to another network.
    """
    raw, parts = (Path(f"{prefix(path)}{ending}") for ending in OPTIONAL)
    scored, moments = read_weights(f"{prefix(path)}.pdparams").tensors, unpickle(Path(f"{prefix(path)}.pdopt"))
    tensors = read_weights(str(raw)).tensors if raw.is_file() else scored
    _require_fit(path, tensors, net)
    if not isinstance(moments, dict) or not _belongs(moments, net):
        fix = "take the .pdopt file that was written with the .pdparams file"
        raise DataError(f"{prefix(path)}.pdopt: not the optimizer state of this network", fix=fix)
    moments = {name: value for name, value in moments.items() if not name.startswith("StructuredTo")}
    net.set_state_dict(tensors)
    optimizer.set_state_dict(moments)
    averaged = scored if raw.is_file() else None
    return Restored(averaged, moments, unpickle(parts) if parts.is_file() else None)


def _require_fit(path: str, tensors: Tensors, net: nn.Layer) -> None:
    wanted = {name: list(tensor.shape) for name, tensor in net.state_dict().items()}
    found = {name: list(tensor.shape) for name, tensor in tensors.items()}
    other = [name for name in sorted(wanted.keys() | found.keys()) if wanted.get(name) != found.get(name)]
    if other:
        first = f"{other[0]} {found.get(other[0], 'missing')} -> {wanted.get(other[0], 'not there')}"
        message = f"Train.resume_path={path}: the checkpoint is of another network or dictionary: {first}"
        fix = "resume with the model and the dict.txt it was trained with"
        raise DataError(f"{message} and {len(other) - 1} more tensors", fix=fix)


def _belongs(moments: dict[str, Any], net: nn.Layer) -> bool:
    """Whether Adam's moments have the names of the network's parameters; it has none before the first step."""
    found = [name for name in moments if name.endswith("_moment1_0")]
    return not found or any(f"{parameter.name}_moment1_0" in moments for parameter in net.parameters())
