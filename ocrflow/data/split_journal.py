"""The files by which several files of a folder are replaced together: a journal, and their new contents beside them.

    .split.new.NAME     what will be called NAME, or will be the journal
    .split.journal      JSON: format, and SHA-256 before and after of each NAME

All is written and brought to the disk under temporary names; the journal gets its name last. From there on the change
is a few renames that need no space and can be done again.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ocrflow.errors import DataError, OutsideError
from ocrflow.files import read_json, sha256_of, write_failed

JOURNAL = ".split.journal"
_NEW, _NEW_JOURNAL = ".split.new.", "journal"
_FORMAT = 1


def prepare(root: Path, new: Mapping[str, bytes], mode_of: Mapping[str, str]) -> None:
    """Write everything, the journal last; without the journal nothing is left.

    Args:
        root: the folder.
        new: contents by file name, in the order in which the files will be renamed.
        mode_of: the file whose permissions each new one gets, if that exists.

    Raises:
        OutsideError: the disk is full, or the folder cannot be written.
    """
    try:
        for name, content in new.items():
            _write(root, name, content, root / mode_of[name])
        _sync(root)
        files = {name: {"old": _sha256(root / name), "new": _sha256(root / (_NEW + name))} for name in new}
        _write(root, _NEW_JOURNAL, json.dumps({"format": _FORMAT, "files": files}).encode())
        (root / (_NEW + _NEW_JOURNAL)).replace(root / JOURNAL)
        _sync(root)
    except OSError as error:
        raise write_failed(root, error) from error
    finally:
        discard(root)


def _write(root: Path, name: str, content: bytes, mode_of: Path | None = None) -> None:
    """Bring the bytes to the disk under the temporary name."""
    path = root / (_NEW + name)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if mode_of and mode_of.exists():
        shutil.copymode(mode_of, path)


def roll_forward(root: Path) -> None:
    """Rename what the journal names; what was renamed already is not there any more.

    Raises:
        DataError: the journal is not understood, or a file was changed since it was written; nothing is renamed.
        OutsideError: the folder cannot be written; the journal stays.
    """
    files = _journal(root)
    _refuse_changed(root, files)
    try:
        for name in files:
            if (root / (_NEW + name)).exists():
                (root / (_NEW + name)).replace(root / name)
        _sync(root)
        (root / JOURNAL).unlink()
        _sync(root)
    except OSError as error:
        failed = write_failed(root, error)
        raise OutsideError(failed.args[0], fix=f"{failed.fix}; the next in-place split completes this one") from error


def _journal(root: Path) -> dict[str, dict[str, str | None]]:
    """SHA-256 `old` and `new` by file name; a journal of another form is not understood, so nothing is touched."""
    path = root / JOURNAL
    try:
        value = read_json(path)
        if value["format"] != _FORMAT:
            raise ValueError(f"format {value['format']}, expected {_FORMAT}")
        if any(Path(name).name != name for name in value["files"]):
            raise ValueError("a name with a folder")
        return {name: {"old": item["old"], "new": item["new"]} for name, item in value["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: not the journal of a split: {error}", fix=_keep_fix(root)) from error


def _refuse_changed(root: Path, files: Mapping[str, Mapping[str, str | None]]) -> None:
    """Raise DataError when the renames would overwrite what somebody wrote since, or a part of them is lost."""
    for name, item in files.items():
        now = _sha256(root / name)
        waiting = _sha256(root / (_NEW + name))
        renamed = now == item["new"] and waiting in (None, item["new"])
        if not renamed and not (now == item["old"] and waiting == item["new"]):
            message = f"{root / name} was changed after an in-place split was interrupted"
            raise DataError(message, fix=_keep_fix(root))


def _keep_fix(root: Path) -> str:
    return f"to keep the lists as they are now: rm {shlex.quote(str(root / JOURNAL))} {shlex.quote(str(root / _NEW))}*"


def leftovers(root: Path) -> list[Path]:
    """The temporary files in the folder."""
    with os.scandir(root) as entries:
        return [root / entry.name for entry in entries if entry.name.startswith(_NEW)]


def discard(root: Path) -> None:
    """Remove the temporary files, unless the journal stands and they are needed."""
    if not (root / JOURNAL).exists():
        for path in leftovers(root):
            with suppress(OSError):
                path.unlink()


def _sha256(path: Path) -> str | None:
    return sha256_of(path) if path.is_file() else None


def _sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
