"""Writing files so that a reader sees the old content or the new, never half of it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ocrflow.errors import OutsideError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`; after the block it is renamed to `path`, on an exception removed.

    A link at `path` is replaced, not followed.

    Raises:
        OutsideError: the disk is full or the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise write_failed(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_failed(path: Path, error: OSError) -> OutsideError:
    """The error for a file that could not be written, with the system's reason."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        fix = "free space on that disk: df -h"
    elif error.errno in (errno.ENOTDIR, errno.EEXIST):
        fix = "a file is where a folder is needed: move it away, or choose another folder"
    else:
        fix = "choose a folder that you can write"
    return OutsideError(f"cannot write {path}: {error.strerror or error}", fix=fix)


def require_writable(folder: Path) -> None:
    """Make `folder` if need be and try to write in it.

    Raises:
        OutsideError: that is not possible.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise write_failed(folder, error) from error


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with LF line ends, all or nothing."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write JSON as PaddleX does (indent 2, non-ASCII kept), with a final newline."""
    write_text(path, _json(value, indent=2) + "\n")


def write_jsonl(path: Path, values: list[dict[str, Any]]) -> None:
    """Write one JSON object a line."""
    write_text(path, "".join(map(json_line, values)))


def json_line(value: dict[str, Any]) -> str:
    """The JSON object on one line, with its end."""
    return _json(value) + "\n"


def _json(value: Any, indent: int | None = None) -> str:
    """JSON that UTF-8 can hold: what Python has for bytes of a file name that are not UTF-8 is escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`.

    Raises:
        OSError, ValueError: it cannot be read, or is something else.
    """
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError(f"{path}: expected a JSON object, got {type(value).__name__}")
    return value


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
