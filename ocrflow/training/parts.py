"""What processes have of their own in the middle of an epoch: statistics of batch normalisation, sums of losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import paddle
from paddle import nn

from ocrflow.training.average import Average
from ocrflow.training.state import State


def statistics_names(net: nn.Layer) -> list[str]:
    """The tensors of `net` that each process gathers from its own images."""
    layers = [name for name, layer in net.named_sublayers(include_self=True) if hasattr(layer, "_variance")]
    return [f"{layer}.{kind}".lstrip(".") for layer in layers for kind in ("_mean", "_variance")]


def statistics(net: nn.Layer, average: Average | None) -> dict[str, paddle.Tensor]:
    """These tensors, those of the averaged weights under names that begin with a star."""
    names, live = statistics_names(net), net.state_dict()
    own = {name: live[name] for name in names}
    return own if average is None else own | {f"*{name}": average.tensors[name] for name in names}


def own_part(net: nn.Layer, average: Average | None, state: State) -> dict[str, Any]:
    """This process's part of a checkpoint, as arrays and numbers."""
    arrays = {name: np.array(tensor) for name, tensor in statistics(net, average).items()}
    return {"statistics": arrays, "loss": state.epoch_loss}


def take_part(part: dict[str, Any], net: nn.Layer, average: Average | None, state: State) -> None:
    """Go on with the part that `own_part` gave."""
    for name, tensor in statistics(net, average).items():
        if name in part["statistics"]:
            tensor.set_value(part["statistics"][name])
    state.epoch_loss = float(part["loss"])
