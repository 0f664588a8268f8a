"""Putting weights into a network tensor by tensor, and saying what happened to each."""

from __future__ import annotations

from typing import Any

import numpy as np
import paddle
from paddle import nn

from ocrflow.errors import UsageError
from ocrflow.nets.weights import LoadReport, Weights

SHOWN = 10  # tensors named in the message of too few


def load_into(net: nn.Layer, weights: Weights, dictionary: list[str]) -> LoadReport:
    """Copy what fits by name and shape; of the last layer copy the classes that both dictionaries share.

    Args:
        net: names the tensors whose last dimension is the classes in `class_tensors`; one without them has no classes.
        dictionary: the characters `net` is built for, in class order, without blank and space.

    Raises:
        UsageError: not one tensor fits; the file belongs to another network.
    """
    state = net.state_dict()
    report = LoadReport(weights.source, total=len(state), unused=sorted(set(weights.tensors) - set(state)))
    pairs = shared_classes(weights.dictionary, dictionary)
    fresh: dict[str, paddle.Tensor] = {}
    of_classes = getattr(net, "class_tensors", ())
    for name, tensor in state.items():
        array = _fitted(name, tensor, weights, pairs if name in of_classes else None, report)
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


def _fitted(
    name: str, tensor: paddle.Tensor, weights: Weights, pairs: list[tuple[int, int]] | None, report: LoadReport
) -> np.ndarray | None:
    """The array for one tensor of the network, or None with the reason in the report.

    Args:
        pairs: as from `shared_classes` for a tensor of classes; None for another.
    """
    array, shape = weights.tensors.get(name), list(tensor.shape)
    if array is None:
        report.reinitialised.append(f"{name} (not in the file)")
        return None
    found = list(array.shape)
    if pairs and found and found == [*shape[:-1], pairs[-1][0] + 1]:
        old, new = map(list, zip(*pairs, strict=True))
        merged = tensor.numpy().copy()
        merged[..., new] = array[..., old]
        report.carried_classes, report.fresh_classes = len(pairs), shape[-1] - len(pairs)
        return merged
    if not pairs and found == shape:
        return array
    if pairs is not None and found[:-1] == shape[:-1]:
        why = "" if weights.dictionary else " (whose characters are not known)"
        report.reinitialised.append(f"{name} {found[-1]} -> {shape[-1]} classes{why}")
    else:
        report.reinitialised.append(f"{name} {found} -> {shape} (another shape)")
    return None


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
