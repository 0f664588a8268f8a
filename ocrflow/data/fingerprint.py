"""The content hash of a folder, equal to the one DVC gives it.

DVC hashes a folder as the MD5 of a JSON list of `{"md5", "relpath"}` sorted by relpath, followed by `.dir`
(dvc_data.hashfile.tree.Tree). A folder tracked with `dvc add` has the same hash in its .dvc file, unless a .dvcignore
leaves files out or it holds links to folders: DVC skips those, here their files count.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ocrflow.data.fingerprint_cache import FingerprintCache
from ocrflow.errors import DataError

_IGNORED_BY_DVC = frozenset((".git", ".hg", ".dvc"))
_THREADS = 8


@dataclass(frozen=True)
class FolderSize:
    """A cheap look at a folder: its files, their bytes, and when the newest was written (seconds, Unix time)."""

    files: int
    bytes: int
    newest_s: float


def files_under(folder: Path) -> dict[str, str]:
    """The regular files at any depth by their path relative to `folder` (with /), sorted; links are followed.

    Paths are strings: a Path for each of a million files costs seconds and hundreds of megabytes.

    Raises:
        DataError: a folder cannot be read.
    """
    top = len(str(folder)) + 1
    return {path[top:]: path for path in sorted(_walk(str(folder)))}


def _walk(folder: str) -> Iterator[str]:
    seen = set()
    for name, subfolders, files in os.walk(folder, followlinks=True, onerror=_refuse):
        real = os.path.realpath(name)
        keep = [item for item in subfolders if item not in _IGNORED_BY_DVC] if real not in seen else []
        subfolders[:] = keep
        if real not in seen:
            yield from (path for file in files if os.path.isfile(path := f"{name}/{file}"))  # noqa: PTH113
        seen.add(real)


def _refuse(error: OSError) -> None:
    fix = f"chmod -R u+rX {error.filename}"
    raise DataError(f"{error.filename}: cannot read the folder: {error.strerror}", fix=fix)


def md5s_of(files: Mapping[str, str] | Mapping[str, Path], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Hex MD5 of each file's bytes; those in `known`, or else in the fingerprint cache, are not read again.

    Raises:
        DataError: a file cannot be read.
    """
    known = _cached(files) if known is None else known
    missing = [name for name in files if name not in known]
    with ThreadPoolExecutor(_THREADS) as pool:
        found = dict(zip(missing, pool.map(_md5_of, (files[name] for name in missing)), strict=True))
    return {name: known.get(name) or found[name] for name in files}


def _cached(files: Mapping[str, str] | Mapping[str, Path]) -> dict[str, str]:
    """The hashes of unchanged files that were looked at before."""
    cache = FingerprintCache()
    found = {name: cache.md5(os.path.abspath(path)) for name, path in files.items()}  # noqa: PTH100
    return {name: md5 for name, md5 in found.items() if md5}


def _md5_of(path: str | Path) -> str:
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        fix = "ocrflow check-dataset -c CONFIG names all faults"
        raise DataError(f"{str(path)!r}: cannot read the file: {reason}", fix=fix) from error


def version_of(md5s: Mapping[str, str]) -> str:
    """The folder's hash from the hashes of its files: 32 hex digits and `.dir`."""
    entries = [{"md5": md5s[name], "relpath": name} for name in sorted(md5s)]
    content = json.dumps(entries, sort_keys=True).encode()
    return hashlib.md5(content, usedforsecurity=False).hexdigest() + ".dir"


def data_version(folder: Path) -> str:
    """The hash of all files under `folder`; reads them all.

    Raises:
        DataError: something under it cannot be read.
    """
    return version_of(md5s_of(files_under(folder)))


def size_of(files: Mapping[str, str]) -> FolderSize:
    """Number, bytes and newest time of the files."""
    stats = [os.stat(path) for path in files.values()]  # noqa: PTH116
    return FolderSize(len(stats), sum(stat.st_size for stat in stats), max((s.st_mtime for s in stats), default=0.0))
