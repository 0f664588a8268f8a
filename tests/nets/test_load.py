"""Weights into a network: by name and shape, the last layer by character."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ocrflow import nets
from ocrflow.errors import UsageError
from ocrflow.nets.load import load_into, require_loaded, shared_classes
from ocrflow.nets.weights import Weights

MODEL = "PP-OCRv6_tiny_rec"
LAST = ("head.ctc_head.fc2.weight", "head.ctc_head.fc2.bias")


def network(characters: list[str], seed: int):
    paddle.seed(seed)
    return nets.build(MODEL, len(characters) + 2, training_branches=False)


def arrays(net) -> dict[str, np.ndarray]:
    return {name: tensor.numpy().copy() for name, tensor in net.state_dict().items()}


def moved(old: list[str], new: list[str]):
    """What loading weights of dictionary `old` into a network for `new` gives: old, fresh and loaded arrays, report."""
    old_arrays, net = arrays(network(old, seed=1)), network(new, seed=2)
    for name in LAST:  # or the initial blank's bias would be equal by itself
        old_arrays[name] += np.arange(old_arrays[name].shape[-1], dtype=np.float32)
    fresh = arrays(net)
    report = load_into(net, Weights(old_arrays, old, "old.pdparams"), new)
    return old_arrays, fresh, arrays(net), report


def test_same_dictionary_loads_all():
    old, _, loaded, report = moved(list("abc"), list("abc"))
    assert all(np.array_equal(loaded[name], old[name]) for name in loaded)
    assert (report.loaded, report.total) == (len(old), len(old))
    assert (report.reinitialised, report.unused, report.carried_classes) == ([], [], None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (list("abcdef"), list("fxay")),
        (list("ab"), list("ba")),  # as many classes in another order
        (list("ab"), list("abcdefgh")),
        (list("xyz"), list("abc")),  # nothing but blank and space is shared
    ],
)
def test_shared_characters_are_carried_over(old, new):
    before, fresh, loaded, report = moved(old, new)
    classes = {"": 0, **{character: index + 1 for index, character in enumerate(old)}, " ": len(old) + 1}
    for index, character in enumerate(["", *new, " "]):
        for name in LAST:
            expected = before[name][..., classes[character]] if character in classes else fresh[name][..., index]
            assert np.array_equal(loaded[name][..., index], expected), (name, character)
    others = set(loaded) - set(LAST)
    assert all(np.array_equal(loaded[name], before[name]) for name in others)
    shared = len(set(old) & set(new)) + 2
    assert (report.loaded, report.reinitialised) == (report.total, [])
    assert (report.carried_classes, report.fresh_classes) == (shared, len(new) + 2 - shared)


@pytest.mark.parametrize("classes", [24, 48, 80, 96, 160, 192, 320])
def test_layers_as_wide_as_the_dictionary_are_not_taken_for_the_last(classes):
    old = [chr(200 + index) for index in range(classes - 2)]
    before, _, loaded, report = moved(old, old[::-1])
    assert report.reinitialised == []
    assert all(np.array_equal(loaded[name], before[name]) for name in loaded if name not in LAST)


def test_unknown_dictionary_of_another_size_leaves_the_last_layer_fresh():
    old, net = arrays(network(list("abcd"), seed=1)), network(list("ab"), seed=2)
    fresh = arrays(net)
    report = load_into(net, Weights(old, None, "official.pdparams"), list("ab"))
    unknown = "6 -> 4 classes (whose characters are not known)"
    assert report.reinitialised == [f"{LAST[0]} {unknown}", f"{LAST[1]} {unknown}"]
    assert report.loaded == report.total - 2
    loaded = arrays(net)
    assert all(np.array_equal(loaded[name], (fresh if name in LAST else old)[name]) for name in loaded)


def test_a_dictionary_that_is_not_the_files_own_carries_nothing():
    old, net = arrays(network(list("abcd"), seed=1)), network(list("ab"), seed=2)
    report = load_into(net, Weights(old, list("abc"), "odd.pdparams"), list("ab"))
    assert [text.split()[0] for text in report.reinitialised] == list(LAST)
    assert report.carried_classes is None


def test_missing_and_unused_tensors_are_named():
    old, net = arrays(network(list("ab"), seed=1)), network(list("ab"), seed=2)
    old["head.gtc_head.extra"] = old.pop("head.ctc_head.fc1.bias")
    report = load_into(net, Weights(old, None, "official.pdparams"), list("ab"))
    assert report.unused == ["head.gtc_head.extra"]
    assert report.reinitialised == ["head.ctc_head.fc1.bias (not in the file)"]


def test_nothing_fits():
    with pytest.raises(UsageError, match=r"other.pdparams: none of the \d+ tensors fits"):
        load_into(network(list("ab"), 1), Weights({"w": np.ones(3, np.float32)}, None, "other.pdparams"), list("ab"))


def test_other_shapes_and_a_network_without_classes():
    net = paddle.nn.Linear(3, 2)
    arrays = {"weight": np.ones((4, 2), np.float32), "bias": np.ones(2, np.float32)}
    report = load_into(net, Weights(arrays, ["a"], "det.pdparams"), [])
    assert report.reinitialised == ["weight [4, 2] -> [3, 2] (another shape)"]
    assert (report.loaded, report.total) == (1, 2)


@pytest.mark.parametrize(("loaded", "least"), [(5, 0.5), (10, 1.0), (1, 0.1), (0, 0.0)])
def test_enough_was_loaded(loaded, least):
    require_loaded({"source": "x", "lines": [], "loaded": loaded, "total": 10}, least)
    require_loaded({"source": None, "lines": ["random weights"]}, least)


def test_too_little_was_loaded():
    named = [f"  re-initialised: t{number} (not in the file)" for number in range(20)]
    report = {"source": "x.pdparams", "lines": ["head", *named], "loaded": 4, "total": 10}
    with pytest.raises(UsageError, match=r"x\.pdparams: only 4 of 10 tensors \(40%\) fit the network") as caught:
        require_loaded(report, 0.5)
    assert "t9 (not in the file)" in str(caught.value) and "t10 " not in str(caught.value)
    asked = float(caught.value.fix.rpartition("=")[2])
    require_loaded(report, asked)


def test_pairs_of_classes():
    assert shared_classes(["a", "b"], ["b", "c"]) == [(0, 0), (2, 1), (3, 3)]
    assert shared_classes(None, ["b"]) == []
    assert shared_classes(["b"], ["b"]) == []


@pytest.mark.parametrize(("old", "new"), [("abcdef", "fxay"), ("ab", "ba"), ("ab", "abcdefgh"), ("xyz", "abc")])
def test_the_attention_branch_keeps_the_characters_too(old, new):
    """Its classes: padding, unknown, start, end, the dictionary, the space, one without use."""
    before, net = (nets.build(MODEL, len(characters) + 2) for characters in (old, new))
    weights, fresh = arrays(before), arrays(net)
    report = load_into(net, Weights(weights, list(old), "old.pdparams"), list(new))
    loaded, special = arrays(net), ["pad", "unk", "start", "end"]
    classes = {name: index for index, name in enumerate([*special, *old, " ", "unused"])}
    for name, axis in net.gtc_class_axes.items():
        for index, character in enumerate([*special, *new, " ", "unused"]):
            source, place = (weights, classes[character]) if character in classes else (fresh, index)
            expected = source[name].take(place, axis)
            assert np.array_equal(loaded[name].take(index, axis), expected), (name, character)
    assert (report.loaded, report.reinitialised) == (report.total, [])
    assert report.carried_classes == len(set(old) & set(new)) + 2
