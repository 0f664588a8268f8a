"""`Train.amp`: mixed precision. Weights, checkpoints and evaluation stay in float32.

O1: Paddle computes the operations that are fast and safe in float16 so, the others in float32. O2: all but those known
to be unsafe. The loss is scaled so that small gradients survive (Micikevicius et al., 2018); a step whose gradients
overflow is left out and the scale halved.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import paddle
from paddle import nn

START_SCALE = 2.0**15


class Precision:
    """Forward, backward and step of one training in the precision `level`: OFF, O1 or O2."""

    def __init__(self, level: str):
        self.level = level
        self.scaler = None if level == "OFF" else paddle.amp.GradScaler(init_loss_scaling=START_SCALE)

    def of(self, net: nn.Layer) -> Any:
        """`net`, or something that is called like it, computes in mixed precision and gives float32."""
        return net if self.scaler is None else partial(self._forward, net)

    def _forward(self, net: nn.Layer, *inputs: Any, **named: Any) -> Any:
        with paddle.amp.auto_cast(level=self.level):
            outputs = net(*inputs, **named)
        return _float32(outputs)

    def backward(self, loss: paddle.Tensor) -> None:
        """Add the loss's gradients to those there are."""
        (loss if self.scaler is None else self.scaler.scale(loss)).backward()

    def step(self, optimizer: paddle.optimizer.Optimizer) -> None:
        """Move the weights by the gradients there are."""
        if self.scaler is None:
            optimizer.step()
        else:
            self.scaler.step(optimizer)
            self.scaler.update()

    def state(self) -> dict[str, Any]:
        """Plain numbers for a checkpoint; empty without scaling."""
        values = {} if self.scaler is None else self.scaler.state_dict()
        return {key: np.asarray(value).ravel().tolist()[0] for key, value in values.items()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on with the scale of a checkpoint; an empty state leaves the scale at its start."""
        if self.scaler is not None and state:
            self.scaler.load_state_dict({**state, "scale": np.array([state["scale"]], np.float32)})


def _float32(value: Any) -> Any:
    """Tensors of half precision in `value` (a tensor, or lists and dictionaries of them) as float32: losses need it."""
    if isinstance(value, paddle.Tensor):
        return value.astype("float32") if value.is_floating_point() else value
    if isinstance(value, list | tuple):
        return type(value)([_float32(item) for item in value])
    return {key: _float32(item) for key, item in value.items()} if isinstance(value, dict) else value
