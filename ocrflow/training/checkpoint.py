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

from ocrflow.training.folders import record_of, replacing_folder, same_file, seal

BEST, LATEST = "best_accuracy", "latest"
OPTIONAL = (".raw.pdparams", ".ranks")
MOMENT = "_moment1_0"  # ends the name of Adam's first moment of a parameter
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
