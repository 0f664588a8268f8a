"""Folding branches and batch normalisation into convolutions."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle import nn

from ocrflow import nets
from ocrflow.nets.fuse import fused_copy
from ocrflow.nets.layers import ConvBN, RepDepthwise


def randomise(net: nn.Layer) -> None:
    """Weights of a trained network's size and statistics that batch normalisation cannot ignore."""
    rng = np.random.default_rng(4)
    for name, tensor in net.state_dict().items():
        x = rng.standard_normal(tensor.shape).astype(np.float32)
        if name.endswith("_variance"):
            x = 0.5 + abs(x)
        elif tensor.ndim > 1:
            x = x * float(2 / max(1, np.prod(tensor.shape[1:]))) ** 0.5
        tensor.set_value(x)
    net.eval()


@pytest.fixture(scope="module")
def net():
    paddle.seed(1)
    net = nets.build("PP-OCRv6_tiny_rec", num_classes=37)
    randomise(net)
    return net


@paddle.no_grad()
def outputs(net: nn.Layer) -> np.ndarray:
    image = np.random.default_rng(2).standard_normal((2, 3, 48, 200)).astype(np.float32)
    return net(paddle.to_tensor(image)).numpy()


def test_same_outputs_with_fewer_layers(net):
    fused = fused_copy(net)
    before, after = outputs(net), outputs(fused)
    assert before.std() > 1e-2  # the random network says something
    assert abs(before - after).max() < 1e-5
    assert not [layer for layer in fused.sublayers() if isinstance(layer, nn.BatchNorm2D | ConvBN | RepDepthwise)]
    assert sum(parameter.size for parameter in fused.parameters()) < sum(
        parameter.size for parameter in net.parameters()
    )


def test_the_original_stays(net):
    before = {name: tensor.numpy().copy() for name, tensor in net.state_dict().items()}
    net.train()
    fused = fused_copy(net)
    assert net.training and not fused.training
    after = net.state_dict()
    assert list(after) == list(before)
    assert all(np.array_equal(after[name].numpy(), array) for name, array in before.items())
    net.eval()
