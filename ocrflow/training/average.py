"""Averaged weights: an exponential moving average of the network's tensors, which is scored, kept and exported.

The decay of step n is min(decay, (1 + n) / (10 + n)), as in TensorFlow's ExponentialMovingAverage, so that a short run
is not an average of its random start. Running statistics of batch normalisation are averaged like weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import paddle
from paddle import nn


class Average:
    """The average of `net`'s floating point tensors.

    Attributes:
        tensors: the averages by name.
    """

    def __init__(self, net: nn.Layer, decay: float):
        self.net, self.decay = net, decay
        self._live = {name: tensor for name, tensor in net.state_dict().items() if tensor.is_floating_point()}
        self.tensors: dict[str, paddle.Tensor] = {}
        self.set(self._live)

    @paddle.no_grad()
    def set(self, tensors: Mapping[str, Any]) -> None:
        """Take over averages (arrays or tensors), for instance those of a checkpoint."""
        for name, value in tensors.items():
            if name in self._live:
                self.tensors[name] = paddle.to_tensor(np.array(value), self._live[name].dtype)

    @paddle.no_grad()
    def update(self, step: int) -> None:
        """Take the weights after step `step` (1-based) into the average."""
        share = 1 - min(self.decay, (1 + step) / (10 + step))
        for name, tensor in self.tensors.items():
            tensor.lerp_(self._live[name], share)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The network has the averaged weights inside the block, and its own again after it."""
        own = {name: self._live[name].clone() for name in self.tensors}
        self.net.set_state_dict(self.tensors)
        try:
            yield
        finally:
            self.net.set_state_dict(own)

    def state_dict(self) -> dict[str, paddle.Tensor]:
        """All tensors of the network, averaged where they have an average."""
        return {name: self.tensors.get(name, tensor) for name, tensor in self.net.state_dict().items()}
