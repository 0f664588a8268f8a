"""Putting weights into a network tensor by tensor, and saying what happened to each."""

from __future__ import annotations

import numpy as np
import paddle
from paddle import nn

from ocrflow.errors import UsageError
from ocrflow.nets.weights import LoadReport, Weights


def load_into(net: nn.Layer, weights: Weights, dictionary: list[str]) -> LoadReport:
    """Copy what fits by name and shape; of class-wise tensors copy the classes that both dictionaries share.

    Args:
        dictionary: the characters `net` is built for, in class order, without blank and space.

    Raises:
        UsageError: not one tensor fits; the file belongs to another network.
    """
    state = net.state_dict()
    report = LoadReport(weights.source, total=len(state), unused=sorted(set(weights.tensors) - set(state)))
    pairs = shared_classes(weights.dictionary, dictionary)
    fresh: dict[str, paddle.Tensor] = {}
    for name, tensor in state.items():
        array = _fitted(name, tensor, weights, pairs, report)
        if array is not None:
            fresh[name] = paddle.to_tensor(array)
    if report.loaded == 0:
        raise UsageError(f"{weights.source}: none of the {len(state)} tensors fits", fix="give weights of Global.model")
    net.set_state_dict(fresh)
    return report


def shared_classes(old: list[str] | None, new: list[str]) -> list[tuple[int, int]]:
    """Pairs (old class, new class) of blank, shared characters and space; empty when the old dictionary is unknown."""
    if old is None:
        return []
    old_class = {character: index + 1 for index, character in enumerate(old)}
    shared = [(old_class[character], index + 1) for index, character in enumerate(new) if character in old_class]
    return [(0, 0), *shared, (len(old) + 1, len(new) + 1)]


def _fitted(
    name: str, tensor: paddle.Tensor, weights: Weights, pairs: list[tuple[int, int]], report: LoadReport
) -> np.ndarray | None:
    array, shape = weights.tensors.get(name), list(tensor.shape)
    if array is None:
        report.reinitialised.append(f"{name} (not in the file)")
        return None
    same_classes = not pairs or all(old == new for old, new in pairs)
    is_classes = shape[:-1] == list(array.shape[:-1]) and bool(pairs) and array.shape[-1] == pairs[-1][0] + 1
    if list(array.shape) == shape and (same_classes or not is_classes):
        report.loaded += 1
        return array
    if is_classes and shape[-1] == pairs[-1][1] + 1:
        old, new = map(list, zip(*pairs, strict=True))
        merged = tensor.numpy().copy()
        merged[..., new] = array[..., old]
        report.loaded += 1
        report.carried_classes = len(pairs)
        return merged
    report.reinitialised.append(f"{name} {list(array.shape)} -> {shape}")
    return None
