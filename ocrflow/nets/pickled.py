"""Arrays and plain containers out of pickle files, without running anything that a file names.

A pickle may call any function. Here the few names that arrays need mean methods of this module's unpickler, and every
other name is refused. NumPy's own restoring is not used: a forged dtype would make it read foreign memory.
Understood: arrays and scalars of NumPy 1 and 2 in pickle protocols 0 to 5, as `paddle.save` writes them.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from ocrflow.errors import DataError

KINDS = "biufc"  # NumPy's letters of booleans and numbers


def unpickle(file: Path) -> Any:
    """Arrays and plain containers of a pickle file.

    Raises:
        DataError: the file is not a pickle, is cut off, or wants anything else than arrays.
    """
    try:
        return _plain(_ArraysOnly(io.BytesIO(file.read_bytes())).load(), {})
    except Exception as error:  # damaged bytes raise almost any class
        message = f"{file}: refused or unreadable as Paddle weights: {error}"
        raise DataError(message, fix="use a .pdparams file of arrays, or .safetensors") from error


class _Dtype:
    """Stands for numpy.dtype; booleans and numbers only."""

    __slots__ = ("code", "order")

    def __init__(self, code: str, *_: object):
        self.code: str = code
        self.order: Any = "="
        if np.dtype(code).kind not in KINDS:
            raise pickle.UnpicklingError(f"the file holds an array of {code!r}, expected numbers")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = state[1]  # "<", ">", "=" or "|"

    def values(self, content: bytes) -> np.ndarray:
        """The numbers whose bytes these are, one-dimensional."""
        dtype = np.dtype(self.code).newbyteorder(self.order)
        return np.frombuffer(content, dtype).copy() if content else np.empty(0, dtype)


class _Array:
    """Stands for numpy.ndarray, which is made empty and filled afterwards."""

    __slots__ = ("array",)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, is_fortran, content = state
        self.array = dtype.values(content).reshape(shape, order="F" if is_fortran else "C")


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """What stands here for a name; bound methods and C types, which a file cannot change."""
        known = {
            "collections.OrderedDict": dict,
            "numpy.ndarray": _Array,
            "numpy.dtype": _Dtype,
            "numpy.multiarray._reconstruct": self._empty_array,
            "numpy.multiarray.scalar": self._scalar,
            "numpy.numeric._frombuffer": self._from_buffer,
            "_codecs.encode": self._encode,
            "__builtin__.bytes": self._no_bytes,
        }
        try:
            return known[f"{module}.{name}".replace("numpy._core.", "numpy.").replace("numpy.core.", "numpy.")]
        except KeyError:
            raise pickle.UnpicklingError(f"the file asks for {module}.{name}") from None

    def _empty_array(self, *_: object) -> _Array:
        return _Array()

    def _scalar(self, dtype: _Dtype, content: bytes) -> Any:
        return dtype.values(content)[0]

    def _from_buffer(
        self, content: bytes, dtype: _Dtype, shape: tuple[int, ...], order: str, axes: tuple[int, ...] | None = None
    ) -> np.ndarray:
        array = dtype.values(bytes(content))
        if order == "K" and axes is not None:
            return array.reshape(shape).transpose(axes)
        return array.reshape(shape, order="F" if order == "F" else "C")

    def _encode(self, text: str, encoding: str) -> bytes:
        """Protocols 0 to 2 hold bytes as text."""
        if not isinstance(text, str) or encoding != "latin1":
            raise pickle.UnpicklingError(f"the file encodes text as {encoding!r}")
        return text.encode("latin1")

    def _no_bytes(self) -> bytes:
        return b""


def _plain(value: Any, done: dict[int, Any]) -> Any:
    """`value` with real arrays; `done` keeps each container's result, so that a shared one is converted once."""
    if isinstance(value, _Array):
        return value.array
    if not isinstance(value, dict | list | tuple):
        return value
    if id(value) not in done:
        if isinstance(value, dict):
            done[id(value)] = {key: _plain(item, done) for key, item in value.items()}
        else:
            done[id(value)] = type(value)(_plain(item, done) for item in value)
    return done[id(value)]
