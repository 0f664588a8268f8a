"""Mixed precision: what is asked of Paddle, as it has none on the CPU."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import paddle
import pytest

from ocrflow.errors import UsageError
from ocrflow.training import precision as module
from ocrflow.training.device import require_precision
from ocrflow.training.precision import Precision


class Scaler:
    """As paddle.amp.GradScaler on a card."""

    def __init__(self, init_loss_scaling):
        self.said, self.kept = [], {"scale": np.array([init_loss_scaling], np.float32), "incr_count": 3, "flag": True}

    def scale(self, loss):
        self.said.append("scale")
        return loss * 8

    def step(self, optimizer):
        self.said.append("step")

    def update(self):
        self.said.append("update")

    def state_dict(self):
        return self.kept

    def load_state_dict(self, state):
        self.kept = state


@pytest.fixture
def levels(monkeypatch):
    """The levels of the blocks in which networks are computed."""
    entered = []

    @contextmanager
    def auto_cast(level):
        entered.append(level)
        yield

    monkeypatch.setattr(paddle.amp, "GradScaler", Scaler)
    monkeypatch.setattr(paddle.amp, "auto_cast", auto_cast)
    return entered


def test_off_is_nothing():
    precision, net = Precision("OFF"), paddle.nn.Linear(1, 1)
    assert precision.of(net) is net
    assert precision.state() == {}
    precision.set_state({"scale": 1.0})


@pytest.mark.parametrize("level", ["O1", "O2"])
def test_the_network_is_computed_in_the_block_and_gives_float32(levels, level):
    def net(x, *, scale):
        assert levels == [level]
        return {"a": [x.astype("float16") * scale, paddle.ones([1], "int64")], "b": (x.astype("float16"), None)}

    found = Precision(level).of(net)(paddle.ones([2]), scale=2)
    assert found["a"][0].dtype == found["b"][0].dtype == paddle.float32
    assert found["a"][0].tolist() == [2.0, 2.0]
    assert found["a"][1].dtype == paddle.int64 and found["b"][1] is None


def test_the_loss_is_scaled_and_the_scaler_steps(levels):
    precision = Precision("O1")
    x = paddle.ones([1])
    x.stop_gradient = False
    precision.backward(x * 3)
    assert x.grad.tolist() == [24.0]
    precision.step(None)
    assert precision.scaler.said == ["scale", "step", "update"]


def test_the_scale_goes_into_checkpoints(levels):
    precision = Precision("O2")
    assert precision.state() == {"scale": module.START_SCALE, "incr_count": 3, "flag": True}
    precision.set_state({"scale": 64.0, "incr_count": 1, "flag": True})
    assert precision.scaler.kept["scale"].tolist() == [64.0] and precision.scaler.kept["incr_count"] == 1
    precision.set_state({})
    assert precision.state()["scale"] == 64.0


def test_refused_on_the_cpu():
    require_precision("OFF", "cpu")
    require_precision("O2", "gpu")
    with pytest.raises(UsageError, match=r"Train\.amp=O1: Paddle has mixed precision on cards only"):
        require_precision("O1", "cpu")


def test_paddle_has_none_on_the_cpu():
    """When this fails, Paddle has learnt it, and the refusal can go."""
    paddle.set_device("cpu")
    with pytest.warns(UserWarning, match="makes no effect"), paddle.amp.auto_cast(level="O1", dtype="bfloat16"):
        assert paddle.matmul(paddle.ones([2, 2]), paddle.ones([2, 2])).dtype == paddle.float32
