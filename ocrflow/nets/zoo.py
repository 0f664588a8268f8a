"""PaddleX model name -> the function that builds its network. Importing this does not import Paddle."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paddle import nn


def _tiny_rec_v6(num_classes: int) -> nn.Layer:
    from ocrflow.nets.recognition import tiny_rec_v6

    return tiny_rec_v6(num_classes)


NETWORKS: dict[str, Callable[[int], nn.Layer]] = {"PP-OCRv6_tiny_rec": _tiny_rec_v6}
