"""`Train.freeze`: parameters that stay as they were loaded."""

from __future__ import annotations

from collections.abc import Sequence

from paddle import nn

from ocrflow.errors import UsageError
from ocrflow.models import nearest


class Frozen:
    """Takes the parameters whose names start with one of `prefixes` out of the training.

    Batch normalisations with such a name keep their running statistics and normalise by them.

    Attributes:
        parameters: how many numbers are frozen, and `all_parameters` how many are learnt without freezing.

    Raises:
        UsageError: a prefix that no parameter has, or nothing is left to train.
    """

    def __init__(self, net: nn.Layer, prefixes: Sequence[str]):
        self.net = net
        names = [name for name, _ in net.named_parameters()]
        for prefix in prefixes:
            if not any(name.startswith(prefix) for name in names):
                raise _unknown(prefix, names)
        starts = tuple(prefixes)
        learnt = {name: tensor for name, tensor in net.named_parameters() if not tensor.stop_gradient}
        frozen = {name: tensor for name, tensor in learnt.items() if name.startswith(starts)}
        if len(frozen) == len(learnt):
            raise UsageError("Train.freeze leaves nothing to train", fix="take a prefix out of Train.freeze")
        for tensor in frozen.values():
            tensor.stop_gradient = True
        self._statistics = [
            layer
            for name, layer in net.named_sublayers()
            if hasattr(layer, "_variance") and f"{name}.".startswith(starts)
        ]
        self.parameters = sum(int(tensor.size) for tensor in frozen.values())
        self.all_parameters = sum(int(tensor.size) for tensor in learnt.values())

    @property
    def lines(self) -> list[str]:
        """What is frozen, for people."""
        share = f"{self.parameters} of {self.all_parameters} parameters"
        return [f"frozen: {share}, {len(self._statistics)} batch normalisations"] if self.parameters else []

    def train(self) -> None:
        """Put the network into training mode, but for what is frozen."""
        self.net.train()
        for layer in self._statistics:
            layer.eval()


def _unknown(prefix: str, names: list[str]) -> UsageError:
    parts = [name.split(".") for name in names]
    known = dict.fromkeys(".".join(name[:end]) for name in parts for end in range(1, len(name) + 1))
    fix = f"names start with: {', '.join(dict.fromkeys(name[0] for name in parts))}"
    return UsageError(f"Train.freeze: no parameter's name starts with {prefix!r}{nearest(prefix, known)}", fix=fix)
