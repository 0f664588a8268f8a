"""Folding branches and batch normalisation into convolutions."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle import nn

from ocrflow import nets
from ocrflow.nets.fuse import fused_copy
from ocrflow.nets.zoo import NETWORKS

MODELS = sorted({network.target: name for name, network in NETWORKS.items()}.values())
IMAGE = np.random.default_rng(2).standard_normal((2, 3, 64, 192)).astype(np.float32)


def randomise(net: nn.Layer) -> None:
    """Scales and shifts that cannot be left out, and batch statistics that fit the image, so that nothing grows."""
    rng = np.random.default_rng(4)
    for name, tensor in net.state_dict().items():
        if tensor.ndim == 1 and not name.endswith(("_mean", "_variance")):
            x = rng.random(tensor.shape) - 0.5
            tensor.set_value((x if name.endswith("bias") else x + 1).astype(np.float32))
        elif name.endswith(("fc.weight", "fc2.weight")):
            tensor.set_value(tensor * 8)
    for layer in net.sublayers():
        if hasattr(layer, "_momentum"):
            layer._momentum = 0.0
    net.train()
    outputs(net)
    net.eval()


@pytest.fixture(scope="module", params=MODELS)
def net(request):
    paddle.seed(1)
    net = nets.build(request.param, num_classes=37)
    randomise(net)
    net.to(dtype="float64")  # rounding would hide a small mistake: random networks blow it up to 1e-4
    return net


@paddle.no_grad()
def outputs(net: nn.Layer) -> np.ndarray:
    return net(paddle.to_tensor(IMAGE, next(iter(net.parameters())).dtype)).numpy()


def test_same_outputs_with_fewer_layers(net):
    fused = fused_copy(net)
    before, after = outputs(net), outputs(fused)
    assert before.std() > 1e-2  # the random network says something
    assert abs(before - after).max() < 1e-7
    assert not [layer for layer in fused.sublayers() if isinstance(layer, nn.BatchNorm2D)]
    assert not [name for name in fused.state_dict() if "gtc" in name or "thresh" in name]
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
