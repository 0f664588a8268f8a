"""Finding the folder of a dataset that holds train.txt."""

from __future__ import annotations

import os
from pathlib import Path

from ocrflow.data.faults import Fault, fault, refuse_errors

LIST_OF_SPLIT = {"train": "train.txt", "val": "val.txt"}
DICT_NAME = "dict.txt"
_DEPTH = 3


def find_root(dataset_dir: Path) -> tuple[Path | None, list[Fault]]:
    """The folder with train.txt: `dataset_dir`, or the only one up to three levels below; None with the reason.

    Without any train.txt the root is `dataset_dir`: the list is what is missing.
    """
    if not dataset_dir.exists():
        return None, [fault("dataset_missing", "no such folder", dataset_dir)]
    if not dataset_dir.is_dir():
        return None, [fault("dataset_not_directory", "expected a folder, got a file", dataset_dir)]
    try:
        with os.scandir(dataset_dir):
            pass
    except OSError as error:
        return None, [fault("dataset_unreadable", error.strerror or str(error), dataset_dir)]
    if (dataset_dir / LIST_OF_SPLIT["train"]).exists():
        return dataset_dir, []
    found = _deeper(dataset_dir)
    if len(found) > 1:
        message = f"{len(found)} folders hold a train.txt: " + ", ".join(str(path) for path in found)
        return None, [fault("dataset_ambiguous", message, dataset_dir)]
    return (found[0] if found else dataset_dir), []


def _deeper(dataset_dir: Path) -> list[Path]:
    found = []
    for name, subfolders, files in os.walk(dataset_dir):
        folder = Path(name)
        if LIST_OF_SPLIT["train"] in files:
            found.append(folder)
        if len(folder.relative_to(dataset_dir).parts) >= _DEPTH:
            subfolders.clear()
        subfolders[:] = sorted(item for item in subfolders if not item.startswith("."))
    return found


def dataset_root(dataset_dir: Path) -> Path:
    """The folder that the lists' paths are relative to.

    Raises:
        DataError: no such folder, not a folder, unreadable, or several datasets in it.
    """
    root, faults = find_root(dataset_dir)
    refuse_errors(faults)
    assert root is not None
    return root
