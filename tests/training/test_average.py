"""Averaged weights."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrflow.training.average import Average


@pytest.fixture
def net():
    net = paddle.nn.Sequential(paddle.nn.Linear(1, 1), paddle.nn.BatchNorm1D(1))
    net.register_buffer("count", paddle.to_tensor([3], "int64"))
    return net


def weight(net) -> float:
    return float(net[0].weight)


def becomes(net, value: float) -> None:
    net[0].weight.set_value(np.array([[value]], np.float32))


def test_the_mean_over_the_steps(net):
    becomes(net, 1.0)
    average, expected = Average(net, decay=0.5), 1.0
    for step in range(1, 30):
        becomes(net, float(step))
        average.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
    assert float(average.tensors["0.weight"]) == pytest.approx(expected, rel=1e-5)
    assert weight(net) == 29.0


def test_a_short_run_soon_forgets_its_start(net):
    becomes(net, 100.0)
    average = Average(net, decay=0.9999)
    becomes(net, 1.0)
    for step in range(1, 11):
        average.update(step)
    assert float(average.tensors["0.weight"]) < 1.01


def test_applied_for_a_while(net):
    average = Average(net, 0.5)
    becomes(net, 7.25)
    before = {name: tensor.numpy().copy() for name, tensor in net.state_dict().items()}
    with average.applied():
        assert weight(net) == float(average.tensors["0.weight"]) != 7.25
    assert all(np.array_equal(tensor.numpy(), before[name]) for name, tensor in net.state_dict().items())
    with pytest.raises(ValueError, match="inside"), average.applied():
        raise ValueError("inside")
    assert weight(net) == 7.25


def test_running_statistics_are_averaged_and_counts_are_not(net):
    average = Average(net, 0.5)
    net[1]._mean.set_value(np.array([4.0], np.float32))
    average.update(10)
    assert average.tensors["1._mean"].tolist() == [2.0]
    assert "count" not in average.tensors
    assert average.state_dict().keys() == net.state_dict().keys()
    assert average.state_dict()["count"].tolist() == [3]


def test_taken_over_from_arrays_without_sharing_them(net):
    average, array = Average(net, 0.5), np.array([[3.0]], np.float32)
    average.set({"0.weight": array, "other": array})
    average.update(100)
    assert array.tolist() == [[3.0]]
    assert "other" not in average.tensors
    average.set(net.state_dict())
    average.update(100)
    becomes(net, 9.0)
    assert float(average.tensors["0.weight"]) != 9.0
