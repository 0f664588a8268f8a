"""Fetching a public dataset by name: download, compare the checksum, unpack, leave a record.

`DEST` holds exactly what the archive holds, so that hashing it says the same everywhere; the record is beside it
(`DEST.fetched.json`), and so is what an interrupted download left (`DEST.part/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ocrflow.data.archives import unpack
from ocrflow.data.fetch_record import content_of, read_record, record_path
from ocrflow.data.http_download import Progress, download
from ocrflow.data.http_errors import shown
from ocrflow.data.part_folder import part_folder
from ocrflow.data.public_sets import PublicSet, public_set
from ocrflow.errors import DataError, UsageError
from ocrflow.files import sha256_of, write_json


@dataclass(frozen=True)
class FetchResult:
    """What is in the dataset's folder now.

    Attributes:
        path: the folder, absolute.
        sha256: hex SHA-256 of the archive it came from.
        num_bytes: size of that archive.
        resumed_from: how many of them an earlier, interrupted fetch had brought.
        unchanged: the folder was there already and nothing was done.
    """

    path: Path
    sha256: str
    num_bytes: int
    resumed_from: int = 0
    unchanged: bool = False


def fetch(name: str, dest: Path, *, archive: Path | None = None, progress: Progress | None = None) -> FetchResult:
    """Fetch the public dataset `name` into the new or empty folder `dest`.

    Args:
        archive: a local copy of the dataset's archive, to be used instead of the network.
        progress: called with the bytes downloaded so far and their total (None if the server does not say).

    Raises:
        UsageError: an unknown name, no such local archive, or `dest` holds something else.
        DataError: the archive is damaged or unsafe, or is not the one that an earlier fetch recorded.
        OutsideError: the network, the server or the disk; a part that was downloaded is kept for the next fetch.
    """
    dataset = public_set(name)
    dest = dest.resolve()
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        return _fetched_before(dataset, dest, archive)
    known = read_record(name, dest)
    if archive is not None:
        return _install(dataset, known, archive, dest, {"url": None, "etag": None})
    fix = (
        f"download {shown(dataset.url)} on another machine and unpack it to {dest}, "
        f"or: ocrflow data fetch {name} {dest} --from {dataset.archive}"
    )
    with part_folder(dest) as folder:
        got = download(dataset.url, folder / dataset.archive, fix=fix, progress=progress)
        source = {"url": shown(dataset.url), "etag": got.etag}
        try:
            result = _install(dataset, known, got.path, dest, source, got.resumed_from)
        except DataError:
            _remove(got.path)
            raise
        _remove(got.path)
    return result


def _install(
    dataset: PublicSet,
    known: dict[str, Any],
    archive: Path,
    dest: Path,
    source: dict[str, Any],
    resumed_from: int = 0,
) -> FetchResult:
    """Compare the archive's checksum with the record of an earlier fetch (`known`), unpack it and write the record."""
    if not archive.is_file():
        raise UsageError(f"{archive}: no such file; expected a copy of {dataset.archive}")
    got, num_bytes = sha256_of(archive), archive.stat().st_size
    expected = dataset.sha256 or known.get("sha256")
    if expected and got != expected:
        accept = f"; if the dataset was changed on purpose: rm {record_path(dest)}" if known else ""
        raise DataError(
            f"{archive.name}: not the archive of {dataset.name} that is known: expected sha256 {expected}, got {got}; "
            "nothing was unpacked",
            fix=f"fetch it again{accept}",
        )
    unpack(archive, dest)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    record = {"name": dataset.name, "archive": archive.name, **source, "sha256": got, "num_bytes": num_bytes}
    write_json(record_path(dest), {**record, "fetched_at": when, "content": content_of(dest)})
    return FetchResult(dest, got, num_bytes, resumed_from)


def _fetched_before(dataset: PublicSet, dest: Path, archive: Path | None) -> FetchResult:
    """The result of the earlier fetch whose record and content fit what is asked for."""
    record = read_record(dataset.name, dest)
    elsewhere = f"ocrflow data fetch {dataset.name} OTHER_FOLDER"
    if not record:
        raise UsageError(f"{dest}: expected a new or empty folder; nothing is overwritten", fix=elsewhere)
    if record["content"] != content_of(dest):
        raise UsageError(f"{dest}: changed since {dataset.name} was fetched; nothing is overwritten", fix=elsewhere)
    if archive is not None and (not archive.is_file() or sha256_of(archive) != record["sha256"]):
        raise UsageError(f"{dest}: was not fetched from {archive}; nothing is overwritten", fix=elsewhere)
    return FetchResult(dest, record["sha256"], record["num_bytes"], unchanged=True)


def _remove(archive: Path) -> None:
    """A downloaded archive and the note beside it."""
    archive.unlink()
    archive.with_name(f"{archive.name}.json").unlink()
