"""The process that reads an LMDB for `lmdb_records`: `python -m ocrflow.data.importers.lmdb_child FILE`."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

HEAD = struct.Struct("<qqq")  # index, bytes of the label, bytes of the image; both follow
NO_VALUE, FAULT = -1, -1
_DIGITS = 9


def send(database: Path, output: IO[bytes]) -> None:
    """Write the records of a database, or what is wrong with it, as a last record with the index FAULT."""
    import lmdb

    try:
        for index, label, image in _stored(database):
            _write(output, index, label, image)
    except (lmdb.Error, OSError, ValueError) as error:
        _write(output, FAULT, f"is no LMDB that can be read: {error}".encode(errors="replace"), b"")
    output.flush()


def _write(output: IO[bytes], index: int, label: bytes | None, image: bytes) -> None:
    output.write(HEAD.pack(index, NO_VALUE if label is None else len(label), len(image)))
    output.write(label or b"")
    output.write(image)


def _stored(database: Path) -> Iterator[tuple[int, bytes | None, bytes]]:
    import lmdb

    with lmdb.open(
        str(database), subdir=False, readonly=True, lock=False, readahead=False, create=False, max_readers=1
    ) as environment:
        _refuse_cut_off(database, (environment.info()["last_pgno"] + 1) * environment.stat()["psize"])
        with environment.begin(buffers=False) as transaction:
            yield 0, transaction.get(b"num-samples"), b""
            cursor = transaction.cursor()
            found = cursor.set_range(b"image-")
            while found and (key := cursor.key()).startswith(b"image-"):
                digits = key.removeprefix(b"image-")
                if len(digits) == _DIGITS and digits.isdigit() and int(digits):
                    yield int(digits), transaction.get(b"label-" + digits), cursor.value()
                found = cursor.next()


def _refuse_cut_off(database: Path, expected: int) -> None:
    size = database.stat().st_size
    if size < expected:
        raise ValueError(f"the file is cut off: {size} bytes, its head speaks of {expected}")


if __name__ == "__main__":
    send(Path(sys.argv[1]), sys.stdout.buffer)
