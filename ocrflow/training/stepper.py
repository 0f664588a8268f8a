"""One step of the optimizer: Adam with warm-up and cosine decay, as PaddleOCR's recognition recipes have it."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import paddle
from paddle import nn

from ocrflow.config import TrainSection
from ocrflow.errors import OutsideError
from ocrflow.training.plan import RunPlan
from ocrflow.training.precision import Precision
from ocrflow.training.ranks import Ranks
from ocrflow.training.schedule import learning_rate
from ocrflow.training.task import TrainingTask


def make_optimizer(net: nn.Layer, settings: TrainSection) -> paddle.optimizer.Optimizer:
    """Adam with L2 regularisation and a limit on the gradients' global norm, for the parameters that are not frozen."""
    return paddle.optimizer.Adam(
        settings.learning_rate,
        parameters=[parameter for parameter in net.parameters() if not parameter.stop_gradient],
        weight_decay=paddle.regularizer.L2Decay(settings.weight_decay),
        grad_clip=nn.ClipGradByGlobalNorm(settings.grad_clip_norm),
    )


def seed_step(*numbers: int) -> None:
    """Seed all random generators by these numbers alone, so that a resumed run draws what an unbroken one draws."""
    seed = int(np.random.SeedSequence(numbers).generate_state(1)[0])
    paddle.seed(seed)
    np.random.seed(seed)
    random.seed(seed)


class Stepper:
    """Trains a network step by step.

    Args:
        net: of this process; its gradients are averaged over all processes.
        plan: decides the schedule of the learning rate.
    """

    def __init__(
        self,
        task: TrainingTask,
        net: nn.Layer,
        optimizer: paddle.optimizer.Optimizer,
        settings: TrainSection,
        ranks: Ranks,
        plan: RunPlan,
    ):
        self.task, self.optimizer, self.ranks, self.peak = task, optimizer, ranks, settings.learning_rate
        self.seed, self.total_steps = settings.seed, plan.total_steps
        self.warmup_steps = round(settings.warmup_epochs * plan.steps_per_epoch)
        self.precision = Precision(settings.amp)
        self.parallel = ranks.parallel(net)
        self.net = self.precision.of(self.parallel)

    def rate(self, number: int) -> float:
        """The learning rate of step `number`, from 0."""
        return learning_rate(number, self.peak, self.warmup_steps, self.total_steps)

    def step(self, batches: Sequence[Any], number: int) -> float:
        """Train on the rows of all `batches` as if they were one batch.

        Args:
            number: the step's number, from 0.

        Returns:
            This process's part of the loss; the mean over all processes is the mean loss of the rows.

        Raises:
            OutsideError: the loss is infinite or not a number.
        """
        self.optimizer.set_lr(self.rate(number))
        rows = sum(batch.global_size for batch in batches)
        value = 0.0
        for place, batch in enumerate(batches):
            seed_step(self.seed, number, place, self.ranks.rank)
            with self._sharing(is_last=place == len(batches) - 1):
                loss = self.task.loss(self.net, batch, self.ranks)
                if len(batches) > 1:
                    loss = loss * (batch.global_size / rows)
                value += self._finite(loss, number)
                self.ranks.meet()
                self.precision.backward(loss)
        self.precision.step(self.optimizer)
        self.optimizer.clear_grad()
        return value

    def _sharing(self, is_last: bool) -> AbstractContextManager[None]:
        """Gradients go to the other processes with the last batch of a step."""
        return nullcontext() if is_last or self.ranks.count == 1 else self.parallel.no_sync()

    @staticmethod
    def _finite(loss: paddle.Tensor, number: int) -> float:
        value = float(loss)
        if not math.isfinite(value):
            fix = "lower Train.learning_rate; run ocrflow check-dataset"
            raise OutsideError(f"the loss is {value} at step {number}", fix=fix)
        return value
