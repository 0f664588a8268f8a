"""One step of the optimizer: Adam with warm-up and cosine decay, as PaddleOCR's recognition recipes have it."""

from __future__ import annotations

import math
from typing import Any

import paddle
from paddle import nn

from ocrflow.config import TrainSection
from ocrflow.errors import OutsideError
from ocrflow.training.ranks import Ranks
from ocrflow.training.schedule import learning_rate
from ocrflow.training.task import TrainingTask


def make_optimizer(net: nn.Layer, settings: TrainSection) -> paddle.optimizer.Optimizer:
    """Adam with L2 regularisation and a limit on the gradients' global norm."""
    return paddle.optimizer.Adam(
        settings.learning_rate,
        parameters=net.parameters(),
        weight_decay=paddle.regularizer.L2Decay(settings.weight_decay),
        grad_clip=nn.ClipGradByGlobalNorm(settings.grad_clip_norm),
    )


class Stepper:
    """Trains a network batch by batch.

    Args:
        net: of this process; its gradients are averaged over all processes.
        steps_per_epoch: of all processes together, equal in every epoch.
    """

    def __init__(
        self,
        task: TrainingTask,
        net: nn.Layer,
        optimizer: paddle.optimizer.Optimizer,
        settings: TrainSection,
        ranks: Ranks,
        steps_per_epoch: int,
    ):
        self.task, self.optimizer, self.ranks, self.peak = task, optimizer, ranks, settings.learning_rate
        self.net = ranks.parallel(net)
        self.warmup_steps = round(settings.warmup_epochs * steps_per_epoch)
        self.total_steps = settings.epochs_iters * steps_per_epoch

    def step(self, batch: Any, number: int) -> float:
        """Train on one batch.

        Args:
            number: the step's number, from 0.

        Returns:
            This process's part of the loss; the mean over all processes is the mean loss of the batch's rows.

        Raises:
            OutsideError: the loss is infinite or not a number.
        """
        self.optimizer.set_lr(learning_rate(number, self.peak, self.warmup_steps, self.total_steps))
        loss = self.task.loss(self.net, batch, self.ranks)
        value = float(loss)
        if not math.isfinite(value):
            fix = "lower Train.learning_rate; run ocrflow check-dataset"
            raise OutsideError(f"the loss is {value} at step {number}", fix=fix)
        loss.backward()
        self.optimizer.step()
        self.optimizer.clear_grad()
        return value
