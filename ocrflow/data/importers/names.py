"""File names for the pictures of a new dataset: safe ones, each given once."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_LONGEST = 180  # bytes of a part of a path, so that a suffix and a number still fit into the system's 255
_FORBIDDEN = frozenset('\\:*?"<>|')


class Names:
    """Gives out names that differ also where upper and lower case are the same.

    Args:
        by_stem: names that differ only in their suffix are the same, as for crops, which all become PNG.
    """

    def __init__(self, by_stem: bool) -> None:
        self._by_stem = by_stem
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        """`wanted`, or `STEM_2.SUFFIX`, `STEM_3.SUFFIX`... when it is taken."""
        stem, suffix = _stem_and_suffix(wanted)
        name, number = wanted, 1
        while self._key(name) in self._taken:
            number += 1
            name = f"{stem}_{number}{suffix}"
        self._taken.add(self._key(name))
        return name

    def _key(self, name: str) -> str:
        return unicodedata.normalize("NFC", _stem_and_suffix(name)[0] if self._by_stem else name).casefold()


def clean_name(name: str) -> str:
    """A relative path that every system can hold and a list can name; empty when nothing of `name` is left.

    Backslashes separate, `.` and `..` and a leading `images/` go, other characters that are no good become `_`.
    """
    parts = [part for part in re.split(r"[/\\]+", name) if part not in ("", ".", "..")]
    if len(parts) > 1 and parts[0] == "images":
        parts = parts[1:]
    return "/".join(_clean_part(part) for part in parts)


def stem_of(name: str) -> str:
    """The name without its suffix."""
    return _stem_and_suffix(name)[0]


def _clean_part(part: str) -> str:
    good = "".join("_" if char in _FORBIDDEN or unicodedata.category(char) in _BAD else char for char in part).strip()
    stem, suffix = _stem_and_suffix(good)
    if len(good.encode()) > _LONGEST:
        digest = hashlib.sha256(good.encode()).hexdigest()[:8]
        stem = stem.encode()[: _LONGEST - 20].decode(errors="ignore") + "_" + digest
        suffix = suffix if len(suffix) < 10 else ""
    return stem + suffix or "_"


_BAD = frozenset(("Cc", "Cs", "Zl", "Zp"))


def _stem_and_suffix(name: str) -> tuple[str, str]:
    folder, slash, last = name.rpartition("/")
    stem, dot, suffix = last.rpartition(".")
    if not stem:
        return name, ""
    return folder + slash + stem, dot + suffix
