"""Checks that the image of any row gets, whatever its label is: its path, its file, and files that no row names."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from ocrflow.data.faults import Fault, fault
from ocrflow.data.images import SUFFIXES, ImageFacts
from ocrflow.data.labels import Row, RowList

_DRIVE = re.compile(r"[A-Za-z]:[/\\]")


def path_problem(image: str) -> tuple[str, str] | None:
    """Code and message of what is wrong with a path in a list, or None; looks at no file."""
    if image.isalnum():
        return None
    if image.startswith(("/", "\\")) or _DRIVE.match(image):
        return "path_absolute", f"expected a path relative to the dataset, got {image!r}"
    if image.startswith("[") and image.endswith("]"):
        return "path_image_list", f"expected one path, got {image!r}"
    if image.endswith("/"):
        return "path_invalid", f"expected a file, got {image!r}, which names a folder"
    if "\\" in image:
        return "path_backslash", f"expected / between folders, got {image!r}"
    if ".." in image and posixpath.normpath(image).split("/")[0] == "..":
        return "path_escapes", f"expected a file below the dataset, got {image!r}"
    if not image.isprintable() and any(ord(char) < 32 or ord(char) == 127 for char in image):
        return "path_invalid", f"control characters in {image!r}"
    return None


def image_faults(rows: RowList, row: Row, facts: ImageFacts | None, root: Path) -> Iterator[Fault]:
    """What is wrong with the path or the file of a row's image, or odd about it."""
    problem = path_problem(row.image)
    if problem:
        yield rows.fault(problem[0], row, problem[1])
    elif facts and facts.problem:
        code, message = _meant(row.image, root) if facts.problem == "image_missing" else ("", "")
        yield rows.fault(code or facts.problem, row, message or f"{row.image!r}: {facts.message}")
    elif facts:
        for code, message in facts.notes:
            yield rows.fault(code, row, f"{row.image!r}: {message}")


def _meant(image: str, root: Path) -> tuple[str, str]:
    """Code and message when a file of nearly this name exists; empty texts when none does."""
    place, found = root, []
    for part in image.strip().split("/"):
        names = _names_in(place)
        name = names.get(part) or names.get(_folded(part)) or names.get(_folded(part.strip()), "")
        if not name:
            return "", ""
        found.append(name)
        place = place / name
    meant = "/".join(found)
    if meant == image:
        return "", ""
    kind = "path_space" if "".join(image.split()) == "".join(meant.split()) else "path_case"
    return kind, f"expected {meant!r}, which exists, got {image!r}"


def _folded(name: str) -> str:
    """A name without what file systems disagree on: its case, and its Unicode form."""
    return unicodedata.normalize("NFC", name).casefold()


def forget_names() -> None:
    """Look into the folders anew; what they held may have changed since the last dataset."""
    _names_in.cache_clear()


@lru_cache(maxsize=64)
def _names_in(folder: Path) -> dict[str, str]:
    """The names in a folder by themselves and folded; of two that are folded alike, neither is."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return {}
    folded: dict[str, list[str]] = {}
    for name in names:
        folded.setdefault(_folded(name), []).append(name)
    return {key: same[0] for key, same in folded.items() if len(same) == 1} | {name: name for name in names}


def orphan_faults(named: Collection[str], files: Iterable[str], root: Path) -> Iterator[Fault]:
    """A fault for each image file that no list names.

    Args:
        named: the image paths of all rows, normalised.
        files: all files by their path relative to `root`.
        root: the dataset's root.
    """
    for name in files:
        if name not in named and posixpath.splitext(name)[1].lower() in SUFFIXES:
            yield fault("image_orphan", f"{name!r} stands in no list", root, image=name)
