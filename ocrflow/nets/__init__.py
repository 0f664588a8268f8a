"""PP-OCR networks under their PaddleX model names.

net = ocrflow.nets.build("PP-OCRv6_tiny_rec", num_classes=38)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrflow.errors import UsageError
from ocrflow.models import nearest, task_of
from ocrflow.nets.zoo import NETWORKS

if TYPE_CHECKING:
    from paddle import nn


def build(name: str, num_classes: int | None = None, training_branches: bool = True) -> nn.Layer:
    """The network of a PaddleX model with fresh weights.

    Args:
        name: PaddleX model name.
        num_classes: classes of a recogniser's CTC head: blank + dictionary + space. Detectors have no use for it.
        training_branches: with the official network's parts that guide training and are not exported: a recogniser's
            attention branch (NRTR), a detector's threshold map. Without them training is cheaper.

    Raises:
        UsageError: no such model, or one that ocrflow cannot train yet.
        ValueError: a recogniser without `num_classes`.
    """
    require_trainable(name)
    return NETWORKS[name](num_classes, training_branches)


def require_trainable(name: str) -> None:
    """Raise UsageError unless `build` knows the model."""
    if name in NETWORKS:
        return
    task_of(name)
    message = f"{name} cannot be trained by ocrflow yet{nearest(name, NETWORKS)}"
    raise UsageError(message, fix=f"-o Global.model={next(iter(NETWORKS))}; trainable: {', '.join(NETWORKS)}")
