"""Checks that any list of images gets, whatever the labels are: paths, files, copies between splits, orphans."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ocrflow.data.faults import Fault, fault
from ocrflow.data.images import SUFFIXES, ImageFacts
from ocrflow.data.labels import Row, RowList

_DRIVE = re.compile(r"[A-Za-z]:[/\\]")


def path_problem(image: str) -> tuple[str, str] | None:
    """Code and message of what is wrong with a path in a list, or None; looks at no file."""
    if image.startswith(("/", "\\")) or _DRIVE.match(image):
        return "path_absolute", f"expected a path relative to the dataset, got {image!r}"
    if "\\" in image:
        return "path_backslash", f"expected / between folders, got {image!r}"
    if posixpath.normpath(image).split("/")[0] == "..":
        return "path_escapes", f"expected a file below the dataset, got {image!r}"
    if any(ord(char) < 32 or ord(char) == 127 for char in image):
        return "path_invalid", f"control characters in {image!r}"
    return None


def image_paths(lists: Sequence[RowList], root: Path) -> dict[str, Path]:
    """The files of all rows whose path can be used, each once, by the path as the row writes it."""
    names = dict.fromkeys(row.image for item in lists for row in item.rows)
    return {image: root / image for image in names if not path_problem(image)}


def image_faults(rows: RowList, facts: Mapping[str, ImageFacts]) -> Iterator[Fault]:
    """Each row whose path or file cannot be used."""
    for row in rows.rows:
        problem = path_problem(row.image)
        found = facts.get(row.image)
        if problem:
            yield rows.fault(problem[0], row, problem[1])
        elif found and found.problem:
            yield rows.fault(found.problem, row, f"{row.image!r}: {found.message}")


def leak_faults(train: RowList, val: RowList, facts: Mapping[str, ImageFacts]) -> Iterator[Fault]:
    """Each val row whose image, byte for byte, is one of train."""
    of_train: dict[str, Row] = {}
    for row in train.rows:
        of_train.setdefault(usable_md5(row, facts), row)
    of_train.pop("", None)
    for row in val.rows:
        copy = of_train.get(usable_md5(row, facts))
        if copy:
            message = f"{row.image!r} is the same image as {copy.image!r} in {train.file.name}:{copy.line}"
            yield val.fault("image_in_both_splits", row, message)


def usable_md5(row: Row, facts: Mapping[str, ImageFacts]) -> str:
    """MD5 of a row's image, or an empty string when it cannot be used."""
    found = facts.get(row.image)
    return found.md5 if found and not found.problem else ""


def orphan_faults(lists: Sequence[RowList], files: Mapping[str, Path], root: Path) -> Iterator[Fault]:
    """One fault for all image files that no list names.

    Args:
        lists: all lists of the dataset.
        files: all files by their path relative to `root`.
        root: the dataset's root.
    """
    named = {posixpath.normpath(row.image) for item in lists for row in item.rows}
    orphans = [name for name in files if Path(name).suffix.lower() in SUFFIXES and name not in named]
    if orphans:
        examples = ", ".join(orphans[:3]) + (", ..." if len(orphans) > 3 else "")
        yield fault("image_orphan", f"image files that no list names: {len(orphans)} ({examples})", root)
