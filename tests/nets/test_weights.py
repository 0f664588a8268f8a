"""Reading and writing weight files."""

from __future__ import annotations

import json

import numpy as np
import paddle
import pytest

from ocrflow.errors import DataError, UsageError
from ocrflow.nets import fetch_weights
from ocrflow.nets import weights as module
from ocrflow.nets.weights import LoadReport, read_weights, resolve, save_safetensors

TENSORS = {"conv.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "conv.bias": np.ones(2, np.float32)}


@pytest.fixture
def starters(tmp_path, monkeypatch):
    folder = tmp_path / "starters"
    folder.mkdir()
    monkeypatch.setattr(module, "STARTERS", folder)
    half = {name: array.astype(np.float16) for name, array in TENSORS.items()}
    save_safetensors(folder / "small.safetensors", half, ["a", "ß", "\u2028"], {"acc": "0.5"})
    return folder


def test_pdparams_of_paddle(tmp_path):
    net = paddle.nn.Linear(3, 2)
    paddle.save(net.state_dict(), str(tmp_path / "w.pdparams"))
    weights = read_weights(str(tmp_path / "w.pdparams"))
    assert list(weights.tensors) == ["weight", "bias"]
    assert np.array_equal(weights.tensors["weight"], net.weight.numpy())
    assert weights.dictionary is None
    assert weights.source == str(tmp_path / "w.pdparams")


@pytest.mark.parametrize("folder", ["", "best_accuracy"])
def test_dictionary_beside_pdparams(tmp_path, folder):
    file = tmp_path / folder / "w.pdparams"
    paddle.save({"w": paddle.ones([1])}, str(file))
    (tmp_path / "label_dict.txt").write_text("a\n\u2028\n\x0c\n \nb\n", encoding="utf-8")
    assert read_weights(str(file)).dictionary == ["a", "\u2028", "\x0c", "b"]


def test_safetensors_carry_their_dictionary(starters):
    weights = read_weights("starter:small")
    assert weights.dictionary == ["a", "ß", "\u2028"]
    assert weights.source == "starter:small"
    assert {name: array.dtype for name, array in weights.tensors.items()} == dict.fromkeys(TENSORS, np.float32)
    assert all(np.array_equal(weights.tensors[name], array) for name, array in TENSORS.items())


def test_safetensors_without_dictionary(tmp_path):
    from safetensors.numpy import save_file

    save_file(TENSORS, str(tmp_path / "w.safetensors"))
    assert read_weights(str(tmp_path / "w.safetensors")).dictionary is None


@pytest.mark.parametrize("dictionary", ["[1, 2]", '"abc"', "no json"])
def test_safetensors_with_a_broken_dictionary(tmp_path, dictionary):
    from safetensors.numpy import save_file

    save_file(TENSORS, str(tmp_path / "w.safetensors"), metadata={"dictionary": dictionary})
    with pytest.raises(DataError, match=r"w\.safetensors"):
        read_weights(str(tmp_path / "w.safetensors"))


def test_bfloat16_is_read_or_refused_by_name(tmp_path):
    header = json.dumps({"w": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    (tmp_path / "w.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + b"\x80\x3f\x00\x40")
    try:
        tensors = read_weights(str(tmp_path / "w.safetensors")).tensors
    except DataError as error:
        assert "w.safetensors" in str(error)
    else:
        assert tensors["w"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("name", ["w.safetensors", "w.pdparams"])
def test_cut_off_files(tmp_path, starters, name):
    file = tmp_path / name
    if file.suffix == ".pdparams":
        paddle.save({"w": paddle.ones([100])}, str(file))
    else:
        file.write_bytes((starters / "small.safetensors").read_bytes())
    file.write_bytes(file.read_bytes()[:-4])
    with pytest.raises(DataError, match=rf"{name}: (refused|not readable)"):
        read_weights(str(file))


def test_pdparams_of_something_else(tmp_path):
    import pickle

    (tmp_path / "w.pdparams").write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(DataError, match="expected a dictionary of tensors, got list"):
        read_weights(str(tmp_path / "w.pdparams"))


def test_pairs_of_name_and_array_and_other_values(tmp_path):
    """Old Paddle files hold (name, array); all hold a dictionary of parameter names beside the tensors."""
    import pickle

    content = {
        "w": ("linear_0.w_0", TENSORS["conv.bias"]),
        "StructuredToParameterName@@": {"w": "linear_0.w_0"},
        "n": 3,
    }
    (tmp_path / "w.pdparams").write_bytes(pickle.dumps(content, 2))
    tensors = read_weights(str(tmp_path / "w.pdparams")).tensors
    assert list(tensors) == ["w"]
    assert np.array_equal(tensors["w"], TENSORS["conv.bias"])


def test_a_prefix_stands_for_its_pdparams(tmp_path):
    (tmp_path / "best.pdparams").touch()
    assert resolve(str(tmp_path / "best")) == tmp_path / "best.pdparams"


@pytest.mark.parametrize("path", ["starter:smal", "starter:", "nowhere.pdparams", "nowhere", "", ".", "/"])
def test_unknown_files_list_the_starters(starters, path):
    with pytest.raises(UsageError, match=r"no weights at '.*'\n  fix: .* one of: starter:small$"):
        resolve(path)


def test_a_url_is_fetched(tmp_path, monkeypatch):
    paddle.save({"w": paddle.ones([2])}, str(tmp_path / "cached.pdparams"))
    asked = []
    monkeypatch.setattr(fetch_weights, "fetch", lambda url: (asked.append(url), tmp_path / "cached.pdparams")[1])
    weights = read_weights("https://example.org/w.pdparams")
    assert weights.tensors["w"].tolist() == [1.0, 1.0] and weights.source == "https://example.org/w.pdparams"
    assert asked == ["https://example.org/w.pdparams"]


def test_the_report_names_what_was_not_loaded():
    report = LoadReport("file", total=5, loaded=3, reinitialised=["a (not in the file)"])
    assert report.lines() == ["weights from file: 3 of 5 tensors loaded", "  re-initialised: a (not in the file)"]
    report.carried_classes, report.fresh_classes = 7, 2
    assert "7 classes carried over (blank and space included), 2 start fresh" in report.lines()[1]
