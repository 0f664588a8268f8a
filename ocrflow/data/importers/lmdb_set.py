"""The LMDB of scene text recognition benchmarks: keys `num-samples`, `image-000000001`, `label-000000001`, ...

Written by create_dataset.py of CRNN (github.com/bgshih/crnn) and by create_lmdb_dataset.py of
github.com/clovaai/deep-text-recognition-benchmark; PaddleOCR's LMDBDataSet reads the same. All folders with a data.mdb
below the source are read. As with those readers, what lies beyond `num-samples` does not count.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ocrflow.data.importers.content import BadContent
from ocrflow.data.importers.lmdb_records import Record, records
from ocrflow.data.importers.name_index import suffix_of
from ocrflow.data.importers.sample import Item, Notice, Problem, Sample
from ocrflow.data.importers.splits import TEST_LEFT_OUT, named_split, own_split

_DATA = "data.mdb"


def read(source: Path) -> Iterator[Item]:
    """The samples of an LMDB: its folder or its file; or of all of them below a folder."""
    databases = _databases(source)
    if not databases:
        yield Problem(str(source), f"no {_DATA} in the folder or below it")
    parts = {database: _part(database, source) for database in databases}
    for database in databases:
        split = own_split(parts[database], set(parts.values()))
        if split == "test":
            yield Notice(str(database), TEST_LEFT_OUT)
        else:
            yield from _read_database(database, _folder(database, source), split)


def _databases(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = [Path(folder) / _DATA for folder, _, files in os.walk(source) if _DATA in files]
    return sorted(found)


def _folder(database: Path, source: Path) -> str:
    """The name of the folder wanted for a database's pictures."""
    if database == source:
        return database.stem if database.name != _DATA else database.resolve().parent.name
    relative = database.parent.relative_to(source).as_posix()
    return relative if relative != "." else source.resolve().name


def _part(database: Path, source: Path) -> str | None:
    """The split that a folder between the source and the database is named after."""
    folders = database.relative_to(source).parts[:-1] if database != source else ()
    return next(filter(None, map(named_split, folders)), None)


def _read_database(database: Path, folder: str, split: str | None) -> Iterator[Item]:
    last, count = 0, None
    try:
        for record in records(database):
            origin = f"{database}#{record.number:09d}"
            if record.number == 0:
                count = _count(record.label)
                if count is None:
                    yield Problem(f"{database}#num-samples", f"expected a number, got {record.label!r:.80}")
                continue
            if count is not None and record.number > count:
                yield Problem(f"{database}#num-samples", f"says {count}, but there is image {record.number} too")
                return
            if record.number > last + 1:
                yield Problem(origin, _missing(last + 1, record.number - 1))
            last = record.number
            yield _sample(record, folder, split, origin)
    except BadContent as error:
        yield Problem(str(database), str(error))
        return
    if count is not None and count > last:
        yield Problem(f"{database}#num-samples", f"says {count}, but the last image is {last}")


def _count(value: bytes | None) -> int | None:
    """The number of samples that a database claims; None when it claims none."""
    return int(value) if value and len(value) < 19 and value.isdigit() else None


def _missing(first: int, last: int) -> str:
    return f"image-{first:09d} is missing" if first == last else f"image-{first:09d} to image-{last:09d} are missing"


def _sample(record: Record, folder: str, split: str | None, origin: str) -> Item:
    if record.label is None:
        return Problem(origin, f"label-{record.number:09d} is missing")
    try:
        text = record.label.decode()
    except UnicodeDecodeError:
        return Problem(origin, f"the label is not UTF-8: {record.label[:40]!r}")
    suffix = suffix_of(record.image)
    if suffix is None:
        return Problem(origin, f"no known image: {len(record.image)} bytes, first {record.image[:8]!r}")
    return Sample(f"{folder}/{record.number:09d}{suffix}", record.image, None, text, split, origin)
