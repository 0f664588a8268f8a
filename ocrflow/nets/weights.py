"""Loading and saving weights without running code from the file.

`.safetensors` is preferred; `.pdparams` (Paddle's pickle of numpy arrays) goes through an unpickler that knows arrays
and plain containers and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ocrflow.data.dictionary import scan_dictionary
from ocrflow.errors import DataError, UsageError
from ocrflow.nets.pickled import unpickle

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
    """What became of the tensors of a network: `loaded` of `total`, the rest named with the reason.

    Attributes:
        unused: tensors of the file that the network does not have.
        carried_classes, fresh_classes: with another dictionary, how many classes of the last layer were copied, and how
            many start anew; None when the dictionary is the same or that of the file is unknown.
    """

    source: str
    total: int
    loaded: int = 0
    reinitialised: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    carried_classes: int | None = None
    fresh_classes: int | None = None

    def lines(self) -> list[str]:
        """The report for people."""
        lines = [f"weights from {self.source}: {self.loaded} of {self.total} tensors loaded"]
        if self.carried_classes is not None:
            carried = f"{self.carried_classes} classes carried over (blank and space included)"
            lines.append(f"  another dictionary: {carried}, {self.fresh_classes} start fresh")
        return [*lines, *(f"  re-initialised: {text}" for text in self.reinitialised)]


def resolve(path: str) -> Path:
    """The file behind `starter:NAME` (shipped with ocrflow), a URL (downloaded once) or a path.

    Raises:
        UsageError: no such file. OutsideError: the URL cannot be downloaded; names the path to put the file at.
    """
    if path.startswith(("http://", "https://")):
        from ocrflow.nets.fetch_weights import fetch

        return fetch(path)
    file = Path(path)
    if path.startswith(STARTER_PREFIX):
        file = STARTERS / f"{path.removeprefix(STARTER_PREFIX)}.safetensors"
    if not file.is_file() and file.name and not file.suffix:
        file = file.with_name(file.name + ".pdparams")
    if not file.is_file():
        known = ", ".join(STARTER_PREFIX + found.stem for found in sorted(STARTERS.glob("*.safetensors")))
        raise UsageError(f"no weights at {path!r}", fix=f"give a .pdparams or .safetensors file, or one of: {known}")
    return file


def read_weights(path: str) -> Weights:
    """Tensors (as float32) and dictionary of a `.safetensors` or `.pdparams` file.

    The dictionary of `.pdparams` is a `label_dict.txt` in the same folder or the one above, as PaddleX writes it.

    Raises:
        UsageError: no such file. DataError: it is damaged, or holds something else.
        OutsideError: it is a URL that cannot be downloaded.
    """
    file = resolve(path)
    if file.suffix == ".safetensors":
        tensors, dictionary = _read_safetensors(file)
    else:
        tensors, dictionary = _read_pdparams(file), _dictionary_near(file)
    floats = {name: array.astype(np.float32) for name, array in tensors.items() if array.dtype.kind == "f"}
    return Weights(floats, dictionary, path)


def save_safetensors(
    path: Path, tensors: dict[str, np.ndarray], dictionary: list[str] | None, note: dict[str, str]
) -> None:
    """Write tensors with a recogniser's dictionary and a note on their origin in the file's metadata."""
    from safetensors.numpy import save_file

    characters = {} if dictionary is None else {"dictionary": json.dumps(dictionary, ensure_ascii=False)}
    save_file(tensors, str(path), metadata={**characters, **note})


def _read_safetensors(file: Path) -> tuple[dict[str, np.ndarray], list[str] | None]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(file), framework="numpy") as opened:
            dictionary = json.loads((opened.metadata() or {}).get("dictionary", "null"))
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError, TypeError) as error:
        raise DataError(f"{file}: not readable as safetensors: {error}", fix="get the file again") from error
    if dictionary is not None and not (isinstance(dictionary, list) and all(isinstance(c, str) for c in dictionary)):
        message = f"{file}: the dictionary in its metadata must be a JSON list of characters"
        raise DataError(message, fix="write it with ocrflow.nets.weights.save_safetensors")
    return tensors, dictionary


def _dictionary_near(file: Path) -> list[str] | None:
    for folder in (file.parent, file.parent.parent):
        if (folder / "label_dict.txt").is_file():
            return scan_dictionary(folder / "label_dict.txt").characters
    return None


def _read_pdparams(file: Path) -> dict[str, np.ndarray]:
    loaded = unpickle(file)
    if not isinstance(loaded, dict):
        message = f"{file}: expected a dictionary of tensors, got {type(loaded).__name__}"
        raise DataError(message, fix="give a .pdparams file")
    pairs = loaded.items()
    tensors = {name: value[1] if isinstance(value, tuple) and len(value) == 2 else value for name, value in pairs}
    return {name: value for name, value in tensors.items() if isinstance(value, np.ndarray)}
