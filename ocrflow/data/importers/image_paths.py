"""Finding the pictures that a list names with paths of another place or another machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_LOOKED_AT = 50
_DRIVE = re.compile(r"^[A-Za-z]:(?=/)")


class ImagePaths:
    """Maps the paths of one list to files, by one rule for the whole list.

    The rule is a folder that the paths start from, the list's own or its parent, and how many of their leading
    folders are dropped: all combinations are tried on the first rows, and the one that finds the most files is taken,
    for equal ones that which drops the least. Never single rows by another rule, which could find another picture.

    Args:
        list_file: the list.
        paths: its paths, as they stand there.
        parent_first: paths usually start with the name of the list's folder, as PPOCRLabel writes them.
    """

    def __init__(self, list_file: Path, paths: Sequence[str], parent_first: bool) -> None:
        folder = list_file.parent.absolute()
        bases = [folder.parent, folder] if parent_first else [folder, folder.parent]
        sample = [_parts(path) for path in paths[:_LOOKED_AT]]
        deepest = max(map(len, sample), default=1)
        self._base, self._dropped, most = bases[0], 0, -1
        for dropped in range(deepest):
            for base in bases:
                hits = sum(_is_file(base, parts[dropped:]) for parts in sample if ".." not in parts)
                if hits > most:
                    self._base, self._dropped, most = base, dropped, hits

    def name(self, path: str) -> str:
        """The path that a picture keeps in the new dataset: without what the rule drops."""
        return "/".join(_parts(path)[self._dropped :])

    def file(self, path: str) -> Path | None:
        """The picture's file, which may not exist; None when the path leaves the folder."""
        parts = _parts(path)
        if ".." in parts or "\0" in path or len(parts) <= self._dropped:
            return None
        return self._base.joinpath(*parts[self._dropped :])


def _parts(path: str) -> list[str]:
    """The parts of a path with either slash, without drive, root and dots."""
    return [part for part in _DRIVE.sub("", path.strip().replace("\\", "/")).split("/") if part not in ("", ".")]


def _is_file(base: Path, parts: list[str]) -> bool:
    try:
        return bool(parts) and base.joinpath(*parts).is_file()
    except (OSError, ValueError):
        return False
