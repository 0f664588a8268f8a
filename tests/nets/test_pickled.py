"""The unpickler: arrays come through as they were, everything else is refused and nothing of it runs."""

from __future__ import annotations

import collections
import os
import pickle
import struct
from pathlib import Path

import numpy as np
import paddle
import pytest

from ocrflow.errors import DataError
from ocrflow.nets.pickled import unpickle

ARRAYS = {
    "plain": np.arange(6, dtype=np.float32).reshape(2, 3),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "transposed": np.arange(24, dtype=np.int64).reshape(2, 3, 4).transpose(2, 0, 1),
    "big endian": np.arange(3, dtype=">f4"),
    "half": np.ones((2, 1), np.float16),
    "flags": np.array([True, False]),
    "empty": np.empty((0, 4), np.float32),
    "no dimension": np.array(2.5),
}


class Calls:
    """Pickles as a call of any function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def renamed(old: str, new: str, content: bytes) -> bytes:
    """A pickle of protocol 4 in which one name is another (short strings carry their length in one byte)."""
    return content.replace(struct.pack("B", len(old)) + old.encode(), struct.pack("B", len(new)) + new.encode())


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("protocol", range(6))
def test_arrays(tmp_path, protocol):
    content = pickle.dumps({**ARRAYS, "scalar": np.float64(1.5), "list": [1, ("a", None)]}, protocol)
    loaded = unpickle(write(tmp_path / "x", content))
    assert loaded.pop("scalar") == 1.5
    assert loaded.pop("list") == [1, ("a", None)]
    assert list(loaded) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert np.array_equal(loaded[name], array) and loaded[name].dtype == array.dtype, name
        assert type(loaded[name]) is np.ndarray
        loaded[name][...] = 0  # writable


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_files_of_paddle(tmp_path, protocol):
    net = paddle.nn.Linear(3, 2)
    paddle.save(net.state_dict(), str(tmp_path / "x.pdparams"), protocol=protocol)
    loaded = unpickle(tmp_path / "x.pdparams")
    assert np.array_equal(loaded["weight"], net.weight.numpy())
    assert np.array_equal(loaded["bias"], net.bias.numpy())


@pytest.mark.parametrize("protocol", [2, 4])
def test_module_names_of_numpy_1(tmp_path, protocol):
    content = pickle.dumps({"w": ARRAYS["plain"], "s": np.float32(3)}, protocol)
    if protocol == 2:
        old = content.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    else:
        old = renamed("numpy._core.multiarray", "numpy.core.multiarray", content)
        frame = old.index(b"\x95") + 1  # protocol 4 gives the length of what follows
        old = old[:frame] + struct.pack("<Q", len(old) - frame - 8) + old[frame + 8 :]
    assert old != content
    loaded = unpickle(write(tmp_path / "x", old))
    assert np.array_equal(loaded["w"], ARRAYS["plain"])
    assert loaded["s"] == 3


def test_ordered_dictionary_and_shared_values(tmp_path):
    content = pickle.dumps(collections.OrderedDict(b=ARRAYS["half"], a=[ARRAYS["half"]]))
    loaded = unpickle(write(tmp_path / "x", content))
    assert list(loaded) == ["b", "a"]
    assert loaded["a"][0] is loaded["b"]


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("kind", ["system", "eval", "exec"])
def test_calls_are_refused_and_not_made(tmp_path, protocol, kind):
    proof = tmp_path / "it_ran"
    python = f"open({str(proof)!r}, 'w').close()"
    call = {"system": Calls(os.system, f"touch {proof}"), "eval": Calls(eval, python), "exec": Calls(exec, python)}[
        kind
    ]
    content = pickle.dumps({"weight": ARRAYS["plain"], "bad": call}, protocol)
    with pytest.raises(DataError, match=f"refused or unreadable as Paddle weights: the file asks for .*{kind}"):
        unpickle(write(tmp_path / "x.pdparams", content))
    assert not proof.exists()
    pickle.loads(content)
    assert proof.exists()  # the same bytes do run in Python's own unpickler


@pytest.mark.parametrize(
    "name", ["torch._utils _rebuild_tensor_v2", "torch FloatStorage", "numpy load", "builtins getattr"]
)
def test_other_names_are_refused(tmp_path, name):
    code = f"\x80\x02c{name.replace(' ', chr(10))}\n)R.".encode("latin1")
    with pytest.raises(DataError, match=f"the file asks for {name.replace(' ', '.')}"):
        unpickle(write(tmp_path / "x", code))


@pytest.mark.parametrize(
    "code",
    [
        b"\x80\x02c_codecs\nencode\nX\x03\x00\x00\x00aaaX\x05\x00\x00\x00utf-7\x86R.",  # another encoding
        b"\x80\x02c_codecs\nencode\nK\x05X\x06\x00\x00\x00latin1\x86R.",  # not a text
        b"\x80\x02c_codecs\nencode\nN}X\x0c\x00\x00\x00__defaults__K\x01s\x86b.",  # changes the function
        b"\x80\x02cnumpy\ndtype\nN}X\x04\x00\x00\x00codeK\x01s\x86b.",  # changes the class
        b"\x80\x02cnumpy\nndarray\n}X\x08\x00\x00\x00__init__K\x01sb.",
        b"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00O8\x85R.",  # objects
        b"\x80\x02cnumpy\nndarray\n)R.",  # never filled
        b"\x80\x02]q\x00h\x00a.",  # a list that holds itself
        b"\x80\x02(cnumpy\nndarray\no.",
        b"\x80\x02Pkey\n.",
        b"\x82\x01.",
        b"",
        b"PK\x03\x04 a zip",
    ],
)
def test_abuse_of_what_is_allowed(tmp_path, code):
    with pytest.raises(DataError, match="refused or unreadable"):
        unpickle(write(tmp_path / "x", code))
    content = pickle.dumps(ARRAYS["half"], 2)
    assert np.array_equal(unpickle(write(tmp_path / "y", content)), ARRAYS["half"])  # nothing was changed for others


def test_a_forged_type_does_not_reach_numpy(tmp_path):
    """A structured dtype with an object field, whose bytes NumPy would take for a pointer."""
    forged = np.zeros(1, np.dtype([("x", "f8"), ("y", "i8")]))
    with pytest.raises(DataError, match="expected numbers"):
        unpickle(write(tmp_path / "x", pickle.dumps(forged)))


def test_bytes_that_do_not_fill_the_shape(tmp_path):
    content = pickle.dumps(np.zeros(4, np.float32), 4)
    lying = content.replace(b"K\x04\x85", b"K\x05\x85")
    assert lying != content
    with pytest.raises(DataError, match="cannot reshape"):
        unpickle(write(tmp_path / "x", lying))


@pytest.mark.parametrize("kept", [1, 30, 80, -1])
def test_cut_off(tmp_path, kept):
    content = pickle.dumps({"a": ARRAYS["plain"]}, 4)
    with pytest.raises(DataError, match="refused or unreadable"):
        unpickle(write(tmp_path / "x", content[:kept]))
