"""The formats that `ocrflow data import` reads, by name; a format's module is imported when it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from ocrflow.data.importers.sample import Item
from ocrflow.errors import UsageError

Read = Callable[[Path], Iterator[Item]]

_MODULES = {
    "ppocrlabel": "ppocrlabel",
    "labelstudio": "labelstudio",
    "cvat": "cvat",
    "icdar": "icdar",
    "coco-text": "coco_text",
    "ccpd": "ccpd",
    "labelme": "labelme",
    "lmdb": "lmdb_set",
}

FORMATS = tuple(_MODULES)


def reader(format_name: str) -> Read:
    """The function that reads a source of this format.

    Raises:
        UsageError: there is no such format.
    """
    if format_name not in _MODULES:
        near = get_close_matches(format_name, FORMATS, 1)
        fix = f"--from {near[0]}" if near else f"--from {'|'.join(FORMATS)}"
        raise UsageError(f"--from: expected one of {', '.join(FORMATS)}; got {format_name!r}", fix=fix)
    read: Read = import_module(f"ocrflow.data.importers.{_MODULES[format_name]}").read
    return read
