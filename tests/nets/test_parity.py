"""Every network against the official one: names, shapes and outputs as measured and described in shared/reference."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import pytest

from ocrflow import nets
from ocrflow.models import TEXT_DETECTION, task_of
from ocrflow.nets.zoo import NETWORKS

REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference" / "networks"
# Where a detector's training output has the maps that the official one gives one by one.
TRAINING_MAPS = {
    "maps": slice(0, 3),
    "distance_maps": slice(0, 1),
    "cbn_maps": slice(2, 3),
    "aux_maps_p4": slice(3, 6),
    "aux_maps_p3": slice(6, 9),
    "aux_maps_p2": slice(9, 12),
}
TOLERANCE = 1e-5


@pytest.fixture(scope="module", params=[name for name in NETWORKS if name.startswith("PP-") and "_doc" not in name])
def model(request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, Any], paddle.nn.Layer]]:
    """The reference and the network with the weights that the reference was measured with."""
    file = REFERENCE / f"{request.param}.json"
    if not file.is_file():
        pytest.skip(f"{file} is not there; it holds what the official network gives")
    net = nets.build(request.param, num_classes=37)
    net.set_state_dict({name: weight_by_name(name, tensor.shape) for name, tensor in net.state_dict().items()})
    return json.loads(file.read_text(encoding="utf-8")), net


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


def image_of(reference: dict[str, Any]) -> paddle.Tensor:
    source = np.random.Generator(np.random.PCG64(reference["input"]["seed"]))
    return paddle.to_tensor(source.standard_normal(reference["input"]["shape"]).astype(np.float32))


def assert_equal(output: paddle.Tensor, expected: dict[str, Any]) -> None:
    array = output.numpy()
    assert list(array.shape) == expected["shape"]
    assert array.ravel()[expected["at"]] == pytest.approx(np.array(expected["values"]), abs=TOLERANCE)
    assert array.mean() == pytest.approx(expected["mean"], abs=TOLERANCE)
    assert array.std() == pytest.approx(expected["std"], abs=TOLERANCE)


def test_names_and_shapes_in_order(model):
    reference, net = model
    assert [[name, list(tensor.shape)] for name, tensor in net.state_dict().items()] == reference["params"]


def test_without_training_branches_the_rest_is_the_same(model):
    reference, _ = model
    rest = nets.build(reference["model"], num_classes=37, training_branches=False)
    found = [[name, list(tensor.shape)] for name, tensor in rest.state_dict().items()]
    branch = ("head.before_gtc", "head.gtc_head", "head.thresh", "head.aux_")
    assert found == [pair for pair in reference["params"] if not pair[0].startswith(branch)]


def test_eval_mode(model):
    reference, net = model
    net.eval()
    with paddle.no_grad():
        output = net(image_of(reference))
    (expected,) = reference["eval"].values()
    assert_equal(output, expected)


def test_training_mode_of_detectors(model):
    reference, net = model
    if task_of(reference["model"]) != TEXT_DETECTION:
        pytest.skip("a recogniser's training output was not measured")
    net.train()
    with paddle.no_grad():
        output = net(image_of(reference), auxiliary=True)
    for name, expected in reference["train"].items():
        assert_equal(output[:, TRAINING_MAPS[name]], expected)
