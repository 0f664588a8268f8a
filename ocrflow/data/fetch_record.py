"""The record of a fetch, kept beside the dataset's folder: where it came from, its checksum and what was unpacked.

{"name", "archive", "url", "etag", "sha256", "num_bytes", "fetched_at", "content": {"num_files", "num_bytes"}}
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ocrflow.errors import DataError
from ocrflow.files import read_json


def record_path(dest: Path) -> Path:
    """Where the record of a fetch into `dest` is."""
    return Path(f"{dest.resolve()}.fetched.json")


def read_record(name: str, dest: Path) -> dict[str, Any]:
    """The record of an earlier fetch of the dataset `name` into `dest`; empty if there is none, or another dataset's.

    Raises:
        DataError: the file is not such a record.
    """
    path = record_path(dest)
    if not path.exists():
        return {}
    try:
        record = read_json(path)
        if not {"name", "sha256", "num_bytes", "content"} <= record.keys():
            raise ValueError("it lacks a field")
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(f"{path}: not a record of a fetch: {error}", fix=f"rm {path}") from error
    return record if record["name"] == name else {}


def content_of(folder: Path) -> dict[str, int]:
    """Number and size of the files below `folder`: enough to see that something came or went."""
    sizes = [Path(where, name).lstat().st_size for where, _, names in os.walk(folder) for name in names]
    return {"num_files": len(sizes), "num_bytes": sum(sizes)}
