"""Whether anything in a folder changed, told from names, sizes and times alone, without reading a file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator


def folder_state(folder: str) -> str | None:
    """A hash over path, bytes, modification and status-change time (ns) of all that lies under `folder`.

    None when something cannot be looked at, such as a link that leads nowhere.
    """
    digest = hashlib.sha256()
    try:
        for line in _lines(folder, ""):
            digest.update(line.encode("utf-8", "surrogateescape"))
    except OSError:
        return None
    return digest.hexdigest()


def _lines(folder: str, below: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        found = sorted((entry for entry in entries if entry.name != "__pycache__"), key=lambda entry: entry.name)
    for entry in found:
        status = entry.stat()
        yield f"{below}{entry.name}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}\0{status.st_ino}\n"
        if entry.is_dir():
            yield from _lines(entry.path, f"{below}{entry.name}/")
