"""What another dictionary costs: the statement must be what the loading of weights does."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrflow.data.dict_cost import change_lines, cost_lines, difference, num_classes

dictionaries = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1, max_size=6)


def test_added_removed_and_moved() -> None:
    change = difference(list("abc"), list("cdb"))
    assert (change.added, change.removed, change.moved) == (["d"], ["a"], ["c", "b"])
    assert change_lines(change)[2] == "moved 2: 'c' 3 -> 1, 'b' 2 -> 3"
    assert not any("space" in line for line in change_lines(change))


def test_the_class_of_the_space_moves_with_the_size() -> None:
    assert "the space: class 3 -> 4" in change_lines(difference(list("ab"), list("abc")))


def test_equal_dictionaries_cost_nothing() -> None:
    assert cost_lines(difference(list("ab"), list("ab"))) == ["weights fit as they are: all 4 classes stay"]


def test_exchanged_characters_are_told_when_the_number_of_classes_stays() -> None:
    assert any("start as other characters" in line for line in cost_lines(difference(list("ab"), list("ba"))))


@settings(max_examples=60, deadline=None)
@given(dictionaries, dictionaries)
def test_a_network_loads_what_the_cost_says(old: list[str], new: list[str]) -> None:
    import paddle

    from ocrflow.nets.load import load_into
    from ocrflow.nets.weights import Weights

    net = paddle.nn.Linear(2, num_classes(new))
    net.class_tensors = frozenset(("weight", "bias"))
    rows = np.arange(num_classes(old), dtype=np.float32)
    weights = Weights({"weight": np.stack([rows, rows]), "bias": 100 + rows}, old, "test")
    report = load_into(net, weights, new)
    change = difference(old, new)
    if change.equal:
        assert report.carried_classes is None and report.loaded == report.total
    else:
        assert (report.carried_classes, report.fresh_classes) == (change.carried, change.fresh)
    old_class = {char: index for index, char in enumerate(old, 1)}
    bias = net.bias.numpy()
    assert bias[0] == 100 and bias[-1] == 100 + len(old) + 1
    assert all(bias[index] == 100 + old_class[char] for index, char in enumerate(new, 1) if char in old_class)


def test_weights_without_a_dictionary_lose_the_last_layer_or_keep_it_by_number() -> None:
    import paddle

    from ocrflow.nets.load import load_into
    from ocrflow.nets.weights import Weights

    for new, kept in ((list("bcd"), False), (list("ba"), True)):
        net = paddle.nn.Linear(2, num_classes(new))
        net.class_tensors = frozenset(("weight", "bias"))
        weights = Weights({"weight": np.ones((2, 4), np.float32), "bias": np.arange(4, dtype=np.float32)}, None, "test")
        if kept:
            load_into(net, weights, new)
            assert net.bias.numpy().tolist() == [0, 1, 2, 3]
        else:
            net.other = paddle.nn.Linear(1, 1)
            weights.tensors["other.bias"] = np.ones(1, np.float32)
            report = load_into(net, weights, new)
            assert report.loaded == 1 and len(report.reinitialised) == 3
