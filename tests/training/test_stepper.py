"""One step of the optimizer."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import paddle
import pytest

from ocrflow.config import TrainSection
from ocrflow.errors import OutsideError
from ocrflow.training.ranks import Ranks
from ocrflow.training.stepper import Stepper, make_optimizer


def stepper_of(loss, **settings) -> tuple[Stepper, paddle.nn.Layer]:
    net = paddle.nn.Linear(1, 1)
    net.weight.set_value(np.array([[2.0]], np.float32))
    section = TrainSection(**{"epochs_iters": 2, "warmup_epochs": 0.5, "learning_rate": 0.1, **settings})
    task = SimpleNamespace(loss=lambda net, batch, ranks: loss(net.weight))
    return Stepper(task, net, make_optimizer(net, section), section, Ranks(), steps_per_epoch=10), net


def test_rate_follows_the_schedule():
    stepper, _ = stepper_of(lambda weight: weight.sum())
    rates = []
    for number in range(20):
        stepper.step(None, number)
        rates.append(stepper.optimizer.get_lr())
    assert rates[:5] == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1])
    assert rates[5] == 0.1 and rates[5:] == sorted(rates[5:], reverse=True)
    assert (stepper.warmup_steps, stepper.total_steps) == (5, 20)


def test_a_step_goes_down_by_the_rate():
    """Adam's first step is the rate itself, whatever the gradient's size; here in the middle of the warm-up."""
    stepper, net = stepper_of(lambda weight: 1e-3 * weight.sum(), weight_decay=0.0)
    assert stepper.step(None, 0) == pytest.approx(2e-3)
    assert float(net.weight) == pytest.approx(2.0 - 0.02, abs=1e-4)
    assert net.weight.grad is None or float(net.weight.grad) == 0


def test_gradients_are_limited():
    stepper, _ = stepper_of(lambda weight: 1e6 * weight.sum(), weight_decay=0.0, grad_clip_norm=5.0)
    stepper.step(None, 0)
    moments = {name: value for name, value in stepper.optimizer.state_dict().items() if "moment1" in name}
    (moment,) = [value.item() for value in moments.values()]
    assert moment == pytest.approx(0.1 * 5.0, rel=1e-4)


@pytest.mark.parametrize("factor", [math.nan, math.inf, -math.inf])
def test_no_step_with_a_loss_that_is_no_number(factor):
    stepper, net = stepper_of(lambda weight: weight.sum() * factor)
    with pytest.raises(OutsideError, match=r"the loss is .* at step 7"):
        stepper.step(None, 7)
    assert float(net.weight) == 2.0
