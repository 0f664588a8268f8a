"""The recogniser against the official one: names, shapes and outputs as measured and described in shared/reference."""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path

import numpy as np
import paddle
import pytest

from ocrflow import nets

MODEL = "PP-OCRv6_tiny_rec"
REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference" / "networks" / f"{MODEL}.json"
TRAINING_BRANCH = ("head.before_gtc", "head.gtc_head")


def weight_by_name(name: str, shape: list[int]) -> np.ndarray:
    x = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode()))).standard_normal(shape)
    last = name.rpartition(".")[2]
    if last == "_variance":
        x = 1 + 0.1 * abs(x)
    elif last == "_mean":
        x = 0.05 * x
    elif len(shape) >= 2:
        x = x * math.sqrt(1 / (math.prod(shape[1:]) if len(shape) == 4 else shape[0]))
    else:
        x = 0.05 * x if last == "bias" else 1 + 0.05 * x
    return x.astype(np.float32)


@pytest.fixture(scope="module")
def reference():
    if not REFERENCE.is_file():
        pytest.skip(f"{REFERENCE} is not there; it holds what the official network gives")
    return json.loads(REFERENCE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def net():
    net = nets.build(MODEL, num_classes=37)
    net.set_state_dict({name: weight_by_name(name, tensor.shape) for name, tensor in net.state_dict().items()})
    net.eval()
    return net


def test_names_and_shapes(reference, net):
    official = [(name, shape) for name, shape in reference["params"] if not name.startswith(TRAINING_BRANCH)]
    assert [(name, list(tensor.shape)) for name, tensor in net.state_dict().items()] == official


def test_outputs(reference, net):
    source = np.random.Generator(np.random.PCG64(reference["input"]["seed"]))
    image = source.standard_normal(reference["input"]["shape"]).astype(np.float32)
    expected = reference["eval"][""]
    with paddle.no_grad():
        probs_NTK = net(paddle.to_tensor(image)).numpy()
    assert list(probs_NTK.shape) == expected["shape"]
    assert probs_NTK.ravel()[expected["at"]] == pytest.approx(np.array(expected["values"]), abs=1e-5)
    assert probs_NTK.mean() == pytest.approx(expected["mean"], abs=1e-5)
    assert probs_NTK.std() == pytest.approx(expected["std"], abs=1e-5)


@pytest.mark.parametrize("width", [8, 9, 96, 100, 167, 325, 327, 640])
def test_any_width(net, width):
    from ocrflow.tasks.text_recognition.width import time_steps

    with paddle.no_grad():
        probs_NTK = net(paddle.full([2, 3, 48, width], 0.5)).numpy()
    assert probs_NTK.shape == (2, time_steps(width), 37)
    assert np.isfinite(probs_NTK).all()


def test_class_tensors_are_those_that_grow_with_the_dictionary():
    shapes = [
        {name: tuple(tensor.shape) for name, tensor in nets.build(MODEL, classes).state_dict().items()}
        for classes in (37, 38)
    ]
    grown = {name for name, shape in shapes[0].items() if shapes[1][name] != shape}
    assert grown == nets.build(MODEL, 37).class_tensors
