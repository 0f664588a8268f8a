"""What the training loop asks of a task (recognition, detection): its network, batches, loss and score."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol

import paddle
from paddle import nn

from ocrflow.training.ranks import Ranks


class TrainingTask(Protocol):
    """One dataset and model, ready to train.

    A resumed run is the unbroken one bit for bit when batches depend on seed, epoch and row alone: nothing may be drawn
    from a generator that lives on from batch to batch. During `loss` the generators of Paddle, NumPy and `random` are
    seeded anew for every batch and process.
    """

    main_metric: str
    """The key of `evaluate`'s result by which the best evaluation is chosen; higher is better."""

    lists: Any
    """Where the rows come from, as `ocrflow.data.lists.Lists`."""

    def build(self) -> tuple[nn.Layer, dict[str, Any]]:
        """The network with its starting weights, and the report on them.

        The report has `source` and `lines`, and of loaded weights the numbers of tensors `loaded` and `total`.
        """

    def plan(self, epoch: int) -> list[Any]:
        """The global batches of an epoch (1-based), equal in every process, as many in every epoch."""

    def batches(self, plan: list[Any], epoch: int, ranks: Ranks) -> Generator[Any, None, None]:
        """This process's part of each global batch of `plan`; has `.global_size`, the rows over all processes.

        `plan` may be the rest of an epoch's plan; it gives the batches that it gives as a part of the whole.
        """

    def loss(self, net: nn.Layer, batch: Any, ranks: Ranks) -> paddle.Tensor:
        """A scalar whose mean over the processes is the mean loss over the global batch.

        `net` is called once; in mixed precision it is a function that gives float32.
        """

    def evaluate(self, net: nn.Layer, ranks: Ranks) -> dict[str, float]:
        """The metrics over all validation rows, each scored once; equal in every process."""

    def export(self, net: nn.Layer, model_dir: Path) -> None:
        """Write the inference model."""

    def facts(self) -> dict[str, Any]:
        """What goes into train_result.json: rows, input size, and so on."""
