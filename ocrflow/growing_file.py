"""A file of JSON lines that is written as they come, and takes its name when it is complete."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ocrflow.files import json_line, write_failed


def part_of(path: Path) -> Path:
    """Where the lines of `path` stand until it is complete: `predictions.part.jsonl` for `predictions.jsonl`."""
    return path.with_name(f"{path.stem}.part{path.suffix}")


@contextmanager
def growing_lines(path: Path) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Yield the function that appends one object; after the block `part_of(path)` is renamed to `path`.

    When the block ends early (an error, Ctrl-C, a killed process) whole lines stay in `part_of(path)`, and `path` stays
    as it was.

    Raises:
        OutsideError: the disk is full or the folder cannot be written.
    """
    part = part_of(path)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("w", encoding="utf-8", newline="\n", buffering=1)
    except OSError as error:
        raise write_failed(part, error) from error

    def append(value: dict[str, Any]) -> None:
        try:
            file.write(json_line(value))
        except OSError as error:
            raise write_failed(part, error) from error

    try:
        yield append
    except BaseException:
        _close(file)
        raise
    try:
        os.fsync(file.fileno())
        file.close()
        part.replace(path)
    except OSError as error:
        raise write_failed(path, error) from error


def _close(file: Any) -> None:
    """Close it whatever the disk says; what led here is told instead."""
    with suppress(OSError):
        file.close()
