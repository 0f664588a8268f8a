"""PaddleX model name -> the function that builds its network. Importing this does not import Paddle.

A recogniser's function takes `(num_classes: int, training_branches: bool)`, a detector's `(training_branches: bool)`.
Without training branches the network has only what its eval mode computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from ocrflow.models import TASK_OF_MODEL, TEXT_RECOGNITION

if TYPE_CHECKING:
    from paddle import nn

_RECOGNISERS = {
    "PP-OCRv6_tiny_rec": "ocrflow.nets.recognition:tiny_rec_v6",
    "PP-OCRv6_small_rec": "ocrflow.nets.recognition:small_rec_v6",
    "PP-OCRv5_mobile_rec": "ocrflow.nets.recognition:mobile_rec",
    "PP-OCRv5_server_rec": "ocrflow.nets.recognition:server_rec_v5",
    "PP-OCRv4_mobile_rec": "ocrflow.nets.recognition:mobile_rec",
    "PP-OCRv4_server_rec": "ocrflow.nets.recognition:server_rec_v4",
    "PP-OCRv4_server_rec_doc": "ocrflow.nets.recognition:server_rec_v4",
}
_DETECTORS = {
    "PP-OCRv6_tiny_det": "ocrflow.nets.detection:tiny_det_v6",
    "PP-OCRv6_small_det": "ocrflow.nets.detection:small_det_v6",
    "PP-OCRv5_mobile_det": "ocrflow.nets.detection:mobile_det",
    "PP-OCRv5_server_det": "ocrflow.nets.detection:server_det_v5",
    "PP-OCRv4_mobile_det": "ocrflow.nets.detection:mobile_det",
    "PP-OCRv4_server_det": "ocrflow.nets.detection:server_det_v4",
}


@dataclass(frozen=True)
class Network:
    """A network that can be built; `target` is "module:function"."""

    target: str
    task: str

    def __call__(self, num_classes: int | None = None, training_branches: bool = True) -> nn.Layer:
        """The network with fresh weights; a detector has no use for `num_classes`.

        Raises:
            ValueError: a recogniser without `num_classes`.
        """
        module, _, function = self.target.partition(":")
        make = getattr(import_module(module), function)
        if self.task != TEXT_RECOGNITION:
            return make(training_branches)
        if num_classes is None:
            raise ValueError(f"{self.target}: a recogniser needs num_classes (blank + dictionary + space)")
        return make(num_classes, training_branches)


def _with_language_variants(targets: dict[str, str]) -> dict[str, str]:
    """Adds models such as "th_PP-OCRv5_mobile_rec", whose networks differ in nothing but the classes."""
    of_base = {name: target for base, target in targets.items() for name in TASK_OF_MODEL if name.endswith(f"_{base}")}
    return targets | of_base


NETWORKS = {
    name: Network(target, TASK_OF_MODEL[name])
    for name, target in (_with_language_variants(_RECOGNISERS) | _DETECTORS).items()
}
