"""Putting weights into a network tensor by tensor, and saying what happened to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import paddle
from paddle import nn

from ocrflow.errors import UsageError
from ocrflow.nets.nrtr import FIRST_CHARACTER
from ocrflow.nets.weights import LoadReport, Weights

SHOWN = 10  # tensors named in the message of too few


def load_into(net: nn.Layer, weights: Weights, dictionary: list[str]) -> LoadReport:
    """Copy what fits by name and shape; of layers that have classes copy those that both dictionaries share.

    Args:
        net: names the tensors whose last dimension is the classes in `class_tensors`; those of the attention branch
            and the axis of its classes in `gtc_class_axes`. A network without them has no classes.
        dictionary: the characters `net` is built for, in class order, without blank and space.

    Raises:
        UsageError: not one tensor fits; the file belongs to another network.
    """
    state = net.state_dict()
    report = LoadReport(weights.source, total=len(state), unused=sorted(set(weights.tensors) - set(state)))
    pairs = shared_classes(weights.dictionary, dictionary)
    classes = {name: Classes(-1, pairs) for name in getattr(net, "class_tensors", ())}
    guide_pairs = guide_classes(pairs)
    classes |= {name: Classes(axis, guide_pairs) for name, axis in getattr(net, "gtc_class_axes", {}).items()}
    fresh: dict[str, paddle.Tensor] = {}
    for name, tensor in state.items():
        array = _fitted(name, tensor, weights, classes.get(name), report)
        if array is not None:
            fresh[name] = paddle.to_tensor(array)
    report.loaded = len(fresh)
    if not fresh:
        raise UsageError(f"{weights.source}: none of the {len(state)} tensors fits", fix="give weights of Global.model")
    net.set_state_dict(fresh)
    return report


def shared_classes(old: list[str] | None, new: list[str]) -> list[tuple[int, int]]:
    """Pairs (old class, new class) of blank, shared characters and space; empty when there is nothing to carry over.

    That is when the old dictionary is unknown, or is the new one.
    """
    if old is None or old == new:
        return []
    old_class = {character: index + 1 for index, character in enumerate(old)}
    shared = [(old_class[character], index + 1) for index, character in enumerate(new) if character in old_class]
    return [(0, 0), *shared, (len(old) + 1, len(new) + 1)]


def guide_classes(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs of `shared_classes` as the attention branch numbers them (`nrtr.py`).

    It has four classes of its own before the first character, no blank, and one more after the space.
    """
    if not pairs:
        return []
    shift = FIRST_CHARACTER - 1
    characters = [(old + shift, new + shift) for old, new in pairs[1:]]
    last = pairs[-1][0] + shift + 1, pairs[-1][1] + shift + 1
    return [*((own, own) for own in range(FIRST_CHARACTER)), *characters, last]


@dataclass(frozen=True)
class Classes:
    """The axis of a tensor that has the classes, and the pairs (old class, new class) to carry over; none: all."""

    axis: int
    pairs: list[tuple[int, int]]


def _fitted(
    name: str, tensor: paddle.Tensor, weights: Weights, classes: Classes | None, report: LoadReport
) -> np.ndarray | None:
    """The array for one tensor of the network, or None with the reason in the report."""
    array, shape = weights.tensors.get(name), list(tensor.shape)
    if array is None:
        report.reinitialised.append(f"{name} (not in the file)")
        return None
    pairs = classes.pairs if classes else []
    if classes and pairs and list(array.shape) == _with(shape, classes.axis, pairs[-1][0] + 1):
        if classes.axis == -1:
            report.carried_classes, report.fresh_classes = len(pairs), shape[-1] - len(pairs)
        return _carried(array, tensor.numpy(), classes)
    if not pairs and list(array.shape) == shape:
        return array
    report.reinitialised.append(f"{name} {_why(array, shape, classes, weights)}")
    return None


def _carried(old: np.ndarray, fresh: np.ndarray, classes: Classes) -> np.ndarray:
    from_class, to_class = map(list, zip(*classes.pairs, strict=True))
    merged = fresh.copy()
    np.moveaxis(merged, classes.axis, -1)[..., to_class] = np.moveaxis(old, classes.axis, -1)[..., from_class]
    return merged


def _why(array: np.ndarray, shape: list[int], classes: Classes | None, weights: Weights) -> str:
    """Why a tensor of the file does not become the network's of this shape."""
    found = list(array.shape)
    if classes and len(found) == len(shape) and found == _with(shape, classes.axis, found[classes.axis]):
        unknown = "" if weights.dictionary else " (whose characters are not known)"
        return f"{found[classes.axis]} -> {shape[classes.axis]} classes{unknown}"
    return f"{found} -> {shape} (another shape)"


def _with(shape: list[int], axis: int, length: int) -> list[int]:
    changed = list(shape)
    changed[axis] = length
    return changed


def require_loaded(report: dict[str, Any], min_loaded: float) -> None:
    """Do nothing when enough of the network's tensors came from the weights, or when there were none to load.

    Args:
        report: a `LoadReport` as a dictionary, with its `lines`.

    Raises:
        UsageError: the share of loaded tensors is below `min_loaded`.
    """
    loaded, total = report.get("loaded"), report.get("total")
    if loaded is None or not total or loaded / total >= min_loaded:
        return
    named = "\n".join(report["lines"][1 : SHOWN + 1])
    share = f"{loaded} of {total} tensors ({loaded / total:.0%})"
    message = f"{report['source']}: only {share} fit the network, Train.min_loaded is {min_loaded:.0%}\n{named}"
    fix = f"give weights of Global.model, or accept it: -o Train.min_loaded={loaded / total - 0.005:.2f}"
    raise UsageError(message, fix=fix)
