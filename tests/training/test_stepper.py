"""One step of the optimizer."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import paddle
import pytest

from ocrflow.config import TrainSection
from ocrflow.errors import OutsideError
from ocrflow.training.plan import RunPlan
from ocrflow.training.ranks import Ranks
from ocrflow.training.stepper import Stepper, make_optimizer, seed_step

ROWS = SimpleNamespace(global_size=1)


def stepper_of(loss, **settings) -> tuple[Stepper, paddle.nn.Layer]:
    net = paddle.nn.Linear(1, 1)
    net.weight.set_value(np.array([[2.0]], np.float32))
    section = TrainSection(**{"epochs_iters": 2, "warmup_epochs": 0.5, "learning_rate": 0.1, **settings})
    task = SimpleNamespace(loss=lambda net, batch, ranks: loss(net.weight))
    return Stepper(task, net, make_optimizer(net, section), section, Ranks(), RunPlan.of(section, 10)), net


def test_rate_follows_the_schedule():
    stepper, _ = stepper_of(lambda weight: weight.sum())
    rates = []
    for number in range(20):
        stepper.step([ROWS], number)
        rates.append(stepper.optimizer.get_lr())
    assert rates[:5] == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1])
    assert rates[5] == 0.1 and rates[5:] == sorted(rates[5:], reverse=True)
    assert (stepper.warmup_steps, stepper.total_steps) == (5, 20)


def test_a_step_goes_down_by_the_rate():
    """Adam's first step is the rate itself, whatever the gradient's size; here in the middle of the warm-up."""
    stepper, net = stepper_of(lambda weight: 1e-3 * weight.sum(), weight_decay=0.0)
    assert stepper.step([ROWS], 0) == pytest.approx(2e-3)
    assert float(net.weight) == pytest.approx(2.0 - 0.02, abs=1e-4)
    assert net.weight.grad is None or float(net.weight.grad) == 0


def test_gradients_are_limited():
    stepper, _ = stepper_of(lambda weight: 1e6 * weight.sum(), weight_decay=0.0, grad_clip_norm=5.0)
    stepper.step([ROWS], 0)
    moments = {name: value for name, value in stepper.optimizer.state_dict().items() if "moment1" in name}
    (moment,) = [value.item() for value in moments.values()]
    assert moment == pytest.approx(0.1 * 5.0, rel=1e-4)


@pytest.mark.parametrize("factor", [math.nan, math.inf, -math.inf])
def test_no_step_with_a_loss_that_is_no_number(factor):
    stepper, net = stepper_of(lambda weight: weight.sum() * factor)
    with pytest.raises(OutsideError, match=r"the loss is .* at step 7"):
        stepper.step([ROWS], 7)
    assert float(net.weight) == 2.0


class Regression:
    """The mean squared error of a batch of rows (x, y), for a small network without batch normalisation."""

    def __init__(self, batches):
        paddle.seed(3)
        self.net = paddle.nn.Sequential(paddle.nn.Linear(4, 5), paddle.nn.Tanh(), paddle.nn.Linear(5, 1))
        section = TrainSection(epochs_iters=5, learning_rate=0.05, warmup_epochs=0, weight_decay=0.01)
        optimizer = make_optimizer(self.net, section)
        self.stepper = Stepper(self, self.net, optimizer, section, Ranks(), RunPlan.of(section, 2))
        self.losses = [self.stepper.step(batches, number) for number in range(6)]

    def loss(self, net, batch, ranks):
        return ((net(batch.x) - batch.y) ** 2).sum() / batch.global_size


def rows_of(sizes: list[int]) -> list[SimpleNamespace]:
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((sum(sizes), 4)), rng.standard_normal((sum(sizes), 1))
    ends = np.cumsum(sizes)[:-1]
    parts = zip(np.split(x, ends), np.split(y, ends), strict=True)
    tensors = [(paddle.to_tensor(x, "float32"), paddle.to_tensor(y, "float32")) for x, y in parts]
    return [SimpleNamespace(x=x, y=y, global_size=len(x)) for x, y in tensors]


def test_several_batches_are_one_large_batch():
    """Also when they differ in size; up to the order of additions in float32."""
    one, several = Regression(rows_of([12])), Regression(rows_of([3, 4, 5]))
    assert several.losses == pytest.approx(one.losses, rel=1e-5)
    for name, tensor in one.net.state_dict().items():
        assert np.allclose(several.net.state_dict()[name].numpy(), tensor.numpy(), rtol=1e-4, atol=1e-6), name
    other = Regression(rows_of([12])[:1] * 2)
    assert other.losses == pytest.approx(one.losses, rel=1e-5)
    assert Regression(rows_of([6, 6])[:1]).losses[-1] != pytest.approx(one.losses[-1], rel=1e-2)


def test_what_is_drawn_depends_on_step_place_and_process_alone():
    def drawn(*numbers: int) -> tuple[float, float]:
        seed_step(*numbers)
        return float(paddle.rand([1])), float(np.random.rand())

    first = drawn(1, 5, 0, 0)
    paddle.rand([7])
    assert drawn(1, 5, 0, 0) == first
    assert len({drawn(1, 5, 0, 0), drawn(1, 6, 0, 0), drawn(1, 5, 1, 0), drawn(1, 5, 0, 1), drawn(2, 5, 0, 0)}) == 5


def test_frozen_parameters_are_not_the_optimizers():
    net = paddle.nn.Linear(2, 2)
    net.bias.stop_gradient = True
    optimizer = make_optimizer(net, TrainSection())
    assert [parameter.name for parameter in optimizer._parameter_list] == [net.weight.name]
