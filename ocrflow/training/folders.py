"""Checkpoint folders that are there whole or not at all, whatever ends the process and at whatever moment.

A folder is written beside its place as `.NAME.new`, all its files and the folder reach the disk, and two renames put it
in place of the old one, which is `.NAME.old` in between. `NAME.info.json` is written last and holds size and SHA-256 of
every other file, by which a reader knows a complete checkpoint from a damaged one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ocrflow.files import read_json, sha256_of, write_failed

NEW, OLD, GONE = "new", "old", "gone"


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield a new folder that takes the place of `folder` after the block; on an error the old one stays.

    Raises:
        OutsideError: the disk is full or not writable.
    """
    fresh = _beside(folder, NEW)
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        yield fresh
        for path in [*fresh.iterdir(), fresh]:
            sync(path)
        _swap(fresh, folder)
    except OSError as error:
        raise write_failed(folder, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`."""
    old = _beside(folder, OLD)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def _beside(folder: Path, kind: str) -> Path:
    return folder.with_name(f".{folder.name}.{kind}")


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def seal(folder: Path, name: str, record: dict[str, Any]) -> None:
    """Write `NAME.info.json`: the record, and size and SHA-256 of all files that are in `folder` by now."""
    files = {path.name: {"bytes": path.stat().st_size, "sha256": sha256_of(path)} for path in sorted(folder.iterdir())}
    text = json.dumps(record | {"files": files}, indent=2) + "\n"
    (folder / f"{name}.info.json").write_text(text, encoding="utf-8")


def record_of(folder: Path, name: str | None = None) -> dict[str, Any]:
    """The record that a checkpoint folder was sealed with; empty when there is none to read."""
    try:
        return read_json(folder / f"{name or folder.name}.info.json")
    except (OSError, ValueError):
        return {}


def fault_of(folder: Path, name: str | None = None) -> str:
    """Why the folder is no complete checkpoint, or an empty string. The exported model in it does not count."""
    files = record_of(folder, name).get("files")
    if not isinstance(files, dict):
        return f"{name or folder.name}.info.json, which is written last, is missing or has no list of files"
    for file, noted in files.items():
        path = folder / file
        if not path.is_file():
            return f"{file} is missing"
        if path.stat().st_size != noted["bytes"]:
            return f"{file} has {path.stat().st_size} bytes, expected {noted['bytes']}"
        if sha256_of(path) != noted["sha256"]:
            return f"the content of {file} is not what was written"
    return ""


def mend(output: Path) -> None:
    """Finish or undo what a killed process left half-done of the checkpoint folders in `output`."""
    for old in output.glob(f".*.{OLD}"):
        folder = output / old.name[1 : -len(OLD) - 1]
        fresh = _beside(folder, NEW)
        if not folder.exists():
            (old if fault_of(fresh, folder.name) else fresh).rename(folder)
    for kind in (NEW, OLD, GONE):
        for left in output.glob(f".*.{kind}"):
            shutil.rmtree(left, ignore_errors=True)


def remove(folder: Path) -> None:
    """Remove a checkpoint folder; it is never there in part."""
    gone = _beside(folder, GONE)
    with suppress(OSError):
        shutil.rmtree(gone, ignore_errors=True)
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def same_file(source: Path, target: Path) -> None:
    """`target` becomes a second name of `source` where the file system knows that, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
