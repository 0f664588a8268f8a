"""What the training loop asks of a task (recognition, detection): its network, batches, loss and score."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol

import paddle
from paddle import nn

from ocrflow.training.ranks import Ranks


class TrainingTask(Protocol):
    """One dataset and model, ready to train."""

    main_metric: str
    """The key of `evaluate`'s result by which the best epoch is chosen; higher is better."""

    def build(self) -> tuple[nn.Layer, dict[str, Any]]:
        """The network with its starting weights, and the report on them."""

    def plan(self, epoch: int) -> list[Any]:
        """The global batches of an epoch (1-based), equal in every process."""

    def batches(self, plan: list[Any], epoch: int, ranks: Ranks) -> Generator[Any, None, None]:
        """This process's part of each global batch; has `.global_size`, the rows over all processes."""

    def loss(self, net: nn.Layer, batch: Any, ranks: Ranks) -> paddle.Tensor:
        """A scalar whose mean over the processes is the mean loss over the global batch."""

    def evaluate(self, net: nn.Layer, ranks: Ranks) -> dict[str, float]:
        """The metrics over all validation rows, each scored once; equal in every process."""

    def export(self, net: nn.Layer, model_dir: Path) -> None:
        """Write the inference model."""

    def facts(self) -> dict[str, Any]:
        """What goes into train_result.json: rows, input size, and so on."""
