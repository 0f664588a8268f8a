"""Loading and saving weights without running code from the file.

`.safetensors` is preferred; `.pdparams` (Paddle's pickle of numpy arrays) goes through an unpickler that knows arrays and
plain containers and nothing else.
"""

from __future__ import annotations

import collections
import io
import json
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ocrflow.errors import DataError, UsageError

STARTERS = Path(__file__).parent / "starters"
STARTER_PREFIX = "starter:"


@dataclass(frozen=True)
class Weights:
    """Tensors by name, the dictionary they were trained with if it is known, and where they came from."""

    tensors: dict[str, np.ndarray]
    dictionary: list[str] | None
    source: str


@dataclass
class LoadReport:
    """What became of the tensors of a network: `loaded` of `total`, the rest named with the reason."""

    source: str
    total: int
    loaded: int = 0
    reinitialised: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    carried_classes: int | None = None

    def lines(self) -> list[str]:
        """The report for people."""
        head = f"weights from {self.source}: {self.loaded} of {self.total} tensors loaded"
        carried = [f"  characters carried over: {self.carried_classes}"] if self.carried_classes is not None else []
        return [head, *carried, *(f"  re-initialised: {text}" for text in self.reinitialised)]


def resolve(path: str) -> Path:
    """The file behind `starter:NAME` (shipped with ocrflow) or a path.

    Raises:
        UsageError: no such file; or a URL, which is not downloaded.
    """
    if path.startswith(("http://", "https://")):
        fix = "download it and set Train.pretrain_weight_path to the file, or to null to start from random weights"
        raise UsageError(f"Train.pretrain_weight_path={path}: weights are not downloaded", fix=fix)
    file = STARTERS / f"{path.removeprefix(STARTER_PREFIX)}.safetensors" if path.startswith(STARTER_PREFIX) else Path(path)
    if not file.is_file() and not file.suffix:
        file = file.with_name(file.name + ".pdparams")
    if not file.is_file():
        known = ", ".join(STARTER_PREFIX + found.stem for found in sorted(STARTERS.glob("*.safetensors")))
        raise UsageError(f"no weights at {path}", fix=f"give a .pdparams or .safetensors file, or one of: {known}")
    return file


def read_weights(path: str) -> Weights:
    """Tensors of a `.safetensors` or `.pdparams` file; a `label_dict.txt` beside or one folder above is its dictionary."""
    file = resolve(path)
    if file.suffix == ".safetensors":
        tensors, dictionary = _read_safetensors(file)
    else:
        tensors, dictionary = _read_pdparams(file), _dictionary_near(file)
    floats = {name: array.astype(np.float32) for name, array in tensors.items() if array.dtype.kind == "f"}
    return Weights(floats, dictionary, path)


def save_safetensors(path: Path, tensors: dict[str, np.ndarray], dictionary: list[str], note: dict[str, str]) -> None:
    """Write tensors with their dictionary and a note on their origin in the file's metadata."""
    from safetensors.numpy import save_file

    save_file(tensors, str(path), metadata={"dictionary": json.dumps(dictionary, ensure_ascii=False), **note})


def _read_safetensors(file: Path) -> tuple[dict[str, np.ndarray], list[str] | None]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(file), framework="numpy") as opened:
            dictionary = (opened.metadata() or {}).get("dictionary")
            return {name: opened.get_tensor(name) for name in opened.keys()}, dictionary and json.loads(dictionary)
    except SafetensorError as error:
        raise DataError(f"{file}: not a complete safetensors file ({error})", fix="get the file again") from error


def _dictionary_near(file: Path) -> list[str] | None:
    for folder in (file.parent, file.parent.parent):
        candidate = folder / "label_dict.txt"
        if candidate.is_file():
            return candidate.read_text(encoding="utf-8").splitlines()
    return None


def _read_pdparams(file: Path) -> dict[str, np.ndarray]:
    loaded = unpickle(file)
    if not isinstance(loaded, dict):
        raise DataError(f"{file}: expected a dictionary of tensors, got {type(loaded).__name__}", fix="give a .pdparams file")
    pairs = {name: value[1] if isinstance(value, tuple) and len(value) == 2 else value for name, value in loaded.items()}
    return {name: value for name, value in pairs.items() if isinstance(value, np.ndarray)}


_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): lambda text, encoding: text.encode(encoding) if encoding == "latin1" else b"",
}
_ALLOWED |= {
    (f"numpy.{core}.{module}", name): getattr(getattr(np._core, module), name)  # type: ignore[attr-defined]
    for core in ("core", "_core")
    for module, name in (("multiarray", "_reconstruct"), ("multiarray", "scalar"), ("numeric", "_frombuffer"))
}


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"the file asks for {module}.{name}") from None


def unpickle(file: Path) -> Any:
    """Arrays and plain containers of a pickle file.

    Raises:
        DataError: the file is not a pickle, is cut off, or wants anything else than arrays.
    """
    try:
        return _ArraysOnly(io.BytesIO(file.read_bytes())).load()
    except Exception as error:
        message = f"{file}: refused or unreadable as Paddle weights: {error}"
        raise DataError(message, fix="use a .pdparams file of arrays, or .safetensors") from error
