"""Parameters that stay as they were loaded."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrflow.config import TrainSection
from ocrflow.errors import UsageError
from ocrflow.training.freezing import Frozen
from ocrflow.training.stepper import make_optimizer


class Net(paddle.nn.Layer):
    def __init__(self):
        super().__init__()
        self.backbone = paddle.nn.Sequential(paddle.nn.Linear(2, 3), paddle.nn.BatchNorm1D(3))
        self.head = paddle.nn.Sequential(paddle.nn.Linear(3, 3), paddle.nn.BatchNorm1D(3), paddle.nn.Dropout())

    def forward(self, x):
        return self.head(self.backbone(x))


def trained(net, frozen: Frozen) -> set[str]:
    """The tensors that two steps have changed."""
    optimizer = make_optimizer(net, TrainSection(learning_rate=0.1, weight_decay=0.1))
    before = {name: tensor.numpy().copy() for name, tensor in net.state_dict().items()}
    for _ in range(2):
        frozen.train()
        (net(paddle.randn([8, 2])) ** 2).sum().backward()
        optimizer.step()
        optimizer.clear_grad()
        net.eval()
    return {name for name, tensor in net.state_dict().items() if not np.array_equal(tensor.numpy(), before[name])}


def test_all_that_starts_with_the_name_stays_with_its_statistics():
    net = Net()
    frozen = Frozen(net, ["backbone."])
    changed = trained(net, frozen)
    assert {name.partition(".")[0] for name in changed} == {"head"}
    assert {"head.1._mean", "head.1._variance", "head.0.weight"} <= changed
    assert frozen.lines == ["frozen: 15 of 33 parameters, 1 batch normalisations"]
    frozen.train()
    assert net.head[2].training and net.head[1].training and not net.backbone[1].training


def test_one_parameter_alone():
    net = Net()
    changed = trained(net, Frozen(net, ["head.0.weight", "backbone.0"]))
    assert not {"head.0.weight", "backbone.0.weight", "backbone.0.bias"} & changed
    assert {"head.0.bias", "backbone.1._mean"} <= changed


def test_nothing_is_frozen_without_names():
    net = Net()
    frozen = Frozen(net, [])
    assert frozen.lines == [] and len(trained(net, frozen)) == len(net.state_dict())


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(
        UsageError, match=r"starts with 'backbon\.0\.wight' \(did you mean 'backbone\.0\.weight'\?\)"
    ) as e:
        Frozen(Net(), ["head", "backbon.0.wight"])
    assert e.value.fix == "names start with: backbone, head"


def test_something_must_be_left_to_train():
    with pytest.raises(UsageError, match="leaves nothing to train"):
        Frozen(Net(), ["backbone", "head"])
