"""Reading a checkpoint back, after a look at whether it is whole and belongs to the network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paddle
from paddle import nn

from ocrflow.errors import DataError, UsageError
from ocrflow.nets.pickled import unpickle
from ocrflow.nets.weights import read_weights
from ocrflow.training.checkpoint import MOMENT, OPTIONAL, Tensors, prefix
from ocrflow.training.folders import fault_of, record_of

NEEDED = (".pdparams", ".pdopt", ".states")


def read_record(path: str) -> Any:
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
    _require_moments(path, moments, net)
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


def _require_moments(path: str, moments: Any, net: nn.Layer) -> None:
    """Raise an error unless Adam's moments are those of the trained parameters; before any step there are none."""
    names = moments if isinstance(moments, dict) else {}
    trained = [parameter.name for parameter in net.parameters() if not parameter.stop_gradient]
    missing = [name for name in trained if f"{name}{MOMENT}" not in names]
    if isinstance(moments, dict) and (not missing or not any(name.endswith(MOMENT) for name in names)):
        return
    if len(missing) == len(trained):
        fix = "take the .pdopt file that was written with the .pdparams file"
        raise DataError(f"{prefix(path)}.pdopt: not the optimizer state of this network", fix=fix)
    message = f"{prefix(path)}.pdopt knows nothing of {len(missing)} of {len(trained)} parameters; they were frozen"
    fix = f"keep Train.freeze, or: -o Train.resume_path=null Train.pretrain_weight_path={path}"
    raise UsageError(message, fix=fix)
