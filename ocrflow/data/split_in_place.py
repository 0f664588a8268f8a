"""Rewriting the dataset's own train.txt and val.txt, PaddleX's way to split, so that no interruption harms them.

A kill, a power cut or a full disk at any moment leaves the old lists, or a journal by which `recover` completes the new
ones (`split_journal`). The lists as they were before the first split stay as train.txt.bak and val.txt.bak for ever.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ocrflow.data.root import LIST_OF_SPLIT
from ocrflow.data.split_journal import JOURNAL, discard, leftovers, prepare, roll_forward
from ocrflow.errors import DataError, OutsideError
from ocrflow.files import write_failed

_BACKUP = ".bak"
_NAMES = tuple(LIST_OF_SPLIT.values())


def replace_lists(root: Path, texts: Mapping[str, str]) -> None:
    """Give the dataset's lists a new content, all or nothing; nothing is done when they have it already.

    Args:
        root: the dataset's root.
        texts: file name (train.txt, val.txt): content.

    Raises:
        OutsideError: the disk is full, the folder cannot be written, or another process is splitting it. The old
            lists are in place, or `recover` completes the new ones.
    """
    with _alone(root):
        _recover(root)
        if all(_content(root / name) == text.encode() for name, text in texts.items()):
            return
        new = _originals(root) | {name: text.encode() for name, text in texts.items()}
        prepare(root, new, {name: name.removesuffix(_BACKUP) for name in new})
        roll_forward(root)


def _originals(root: Path) -> dict[str, bytes]:
    """The lists under their backups' names; none when an earlier split kept the originals already."""
    if any((root / (name + _BACKUP)).exists() for name in _NAMES):
        return {}
    contents = {name + _BACKUP: _content(root / name) for name in _NAMES}
    return {name: content for name, content in contents.items() if content is not None}


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def recover(root: Path) -> None:
    """Complete an in-place split that was interrupted, or remove what it left before it began; says so.

    To be called where a dataset is opened to be changed. Without such a split it looks at the folder's names only.

    Raises:
        DataError: a list was changed after the interruption; says how to keep which.
        OutsideError: the folder cannot be written, or another process is splitting it right now.
    """
    if (root / JOURNAL).exists() or leftovers(root):
        with _alone(root):
            _recover(root)


def refuse_unfinished(root: Path) -> None:
    """For who only reads the lists of a dataset.

    Raises:
        DataError: an in-place split goes on or was interrupted amid its renames; train and val may not fit together.
    """
    if (root / JOURNAL).exists():
        message = f"{root}: an in-place split goes on or was interrupted, the lists may be half old and half new"
        raise DataError(message, fix="ocrflow split -c CONFIG -o CheckDataset.split.in_place=true completes it")


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep a second process from splitting this dataset; the lock ends with the process."""
    try:
        folder = os.open(root, os.O_RDONLY)
    except OSError as error:
        raise write_failed(root, error) from error
    try:
        with suppress(OSError):  # a file system without locks
            _lock(folder, root)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, root: Path) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutsideError(f"{root}: another process is splitting this dataset", fix="wait for its end") from None


def _recover(root: Path) -> None:
    if (root / JOURNAL).exists():
        roll_forward(root)
        print(f"{root}: completed an in-place split that had been interrupted: {' and '.join(_NAMES)} are the new ones")
    elif leftovers(root):
        discard(root)
        print(f"{root}: removed what an interrupted in-place split had left; the lists are as before it")
