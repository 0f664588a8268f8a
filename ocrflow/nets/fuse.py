"""Re-parameterisation: training branches and batch normalisation folded into single convolutions, for export."""

from __future__ import annotations

import copy

import paddle
from paddle import nn


@paddle.no_grad()
def fused_copy(net: nn.Layer) -> nn.Layer:
    """A copy of `net` in eval mode that computes the same with fewer operations; `net` stays as it is.

    Layers with a method `fused()` are replaced by its result; what a layer names in `training_only` is left out.
    """
    net = copy.deepcopy(net)
    net.eval()
    _fuse_children(net)
    return net


def _fuse_children(parent: nn.Layer) -> None:
    for name in getattr(parent, "training_only", ()):
        if name in parent._sub_layers:
            del parent._sub_layers[name]
    for name, child in list(parent.named_children()):
        if hasattr(child, "fused"):
            parent.add_sublayer(name, child.fused())
        else:
            _fuse_children(child)
