"""Writing files so that a reader sees the old content or the new, never half of it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ocrflow.errors import OutsideError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`; after the block it is renamed to `path`, on an exception removed.

    Raises:
        OutsideError: the disk is full or the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise write_failed(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_failed(path: Path, error: OSError) -> OutsideError:
    """The error for a file that could not be written, with the system's reason."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    fix = "free space on that disk" if full else "choose a folder you can write with -o Global.output=DIR"
    return OutsideError(f"cannot write {path}: {error.strerror or error}", fix=fix)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with LF line ends, all or nothing."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write JSON as PaddleX does (indent 2, non-ASCII kept), with a final newline."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_jsonl(path: Path, values: list[dict[str, Any]]) -> None:
    """Write one JSON object a line."""
    write_text(path, "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values))


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`."""
    return json.loads(path.read_text(encoding="utf-8"))


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
