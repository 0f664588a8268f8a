"""The recognisers: sizes, the attention branch and what it changes."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrflow import nets
from ocrflow.models import TEXT_RECOGNITION
from ocrflow.nets.fuse import fused_copy
from ocrflow.nets.zoo import NETWORKS
from ocrflow.tasks.text_recognition.checks import time_steps

CLASSES = 37
MODELS = sorted(
    {network.target: name for name, network in NETWORKS.items() if network.task == TEXT_RECOGNITION}.values()
)
TARGETS = paddle.to_tensor([[2, 5, 6, 3, 0], [2, 9, 9, 39, 3]])  # start, characters, end, padding


@pytest.fixture(scope="module", params=MODELS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def net(name):
    paddle.seed(1)
    return nets.build(name, CLASSES)


@pytest.mark.parametrize("width", [16, 29, 100, 325])
def test_any_width(net, width):
    net.eval()
    with paddle.no_grad():
        probs_NTK = net(paddle.full([2, 3, 48, width], 0.5)).numpy()
    assert probs_NTK.shape == (2, time_steps(width), CLASSES)
    assert probs_NTK.sum(axis=2) == pytest.approx(1.0, abs=1e-5)


def test_the_widest_input(name, net):
    if "server" in name:
        pytest.skip("takes long")
    net.eval()
    with paddle.no_grad():
        assert net(paddle.zeros([1, 3, 48, 3200])).shape == [1, time_steps(3200), CLASSES]


def test_a_training_step_reads_any_width_too(net):
    net.train()
    with paddle.no_grad():
        ctc_NTK, gtc_NLK = net(paddle.randn([2, 3, 48, 99]), TARGETS)
    assert ctc_NTK.shape == [2, time_steps(99), CLASSES]
    assert gtc_NLK.shape == [2, 4, CLASSES + 4]
    assert ctc_NTK.numpy().min() < 0, "logits, not probabilities"


@pytest.mark.parametrize("model", ["PP-OCRv5_mobile_rec", "PP-OCRv6_small_rec"])
def test_a_saved_graph_reads_any_width(model, tmp_path):
    net = fused_copy(nets.build(model, CLASSES))
    image = paddle.static.InputSpec([-1, 3, 48, -1], "float32", name="x")
    paddle.jit.save(paddle.jit.to_static(net, input_spec=[image], full_graph=True), str(tmp_path / "net"))
    saved = paddle.jit.load(str(tmp_path / "net"))
    with paddle.no_grad():
        for shape in ([1, 3, 48, 40], [3, 3, 48, 203]):
            x = paddle.randn(shape)
            assert saved(x).numpy() == pytest.approx(net(x).numpy(), abs=1e-6)


def test_the_branch_is_not_needed(name, net):
    paddle.seed(1)
    plain = nets.build(name, CLASSES, training_branches=False)
    missing, unknown = plain.set_state_dict(net.state_dict())
    assert missing == [] and all(key.startswith(("head.before_gtc", "head.gtc_head")) for key in unknown)
    image = paddle.randn([1, 3, 48, 64])
    for network in (net, plain):
        network.eval()
    with paddle.no_grad():
        assert np.array_equal(net(image).numpy(), plain(image).numpy())
    assert plain.gtc_class_axes == {}


def test_class_tensors_are_those_that_grow_with_the_dictionary(name, net):
    shapes = {key: tuple(tensor.shape) for key, tensor in net.state_dict().items()}
    larger = {key: tuple(tensor.shape) for key, tensor in nets.build(name, CLASSES + 1).state_dict().items()}
    grown = {key for key, shape in shapes.items() if larger[key] != shape}
    assert grown == net.class_tensors | set(net.gtc_class_axes)
    assert all(shapes[key][-1] == CLASSES for key in net.class_tensors)
    assert all(shapes[key][axis] == CLASSES + 4 for key, axis in net.gtc_class_axes.items())


def backbone_gradient(net, loss_of) -> np.ndarray:
    net.train()
    for layer in net.sublayers():
        if isinstance(layer, paddle.nn.Dropout):
            layer.eval()
    net.clear_gradients()
    loss_of(
        net, paddle.to_tensor(np.random.default_rng(3).standard_normal((2, 3, 48, 64)).astype("float32"))
    ).backward()
    gradient = next(iter(net.backbone.parameters())).grad
    return np.zeros(1) if gradient is None else gradient.numpy().copy()


def test_the_backbone_learns_from_ctc_unless_the_branch_guides_it(net):
    alone = backbone_gradient(net, lambda net, image: net(image).square().mean())
    assert abs(alone).max() > 0
    ctc = backbone_gradient(net, lambda net, image: net(image, TARGETS)[0].square().mean())
    gtc = backbone_gradient(net, lambda net, image: net(image, TARGETS)[1].square().mean())
    assert abs(gtc).max() > 0
    assert (abs(ctc).max() == 0) == net.head.guided
