"""Reading an LMDB from strangers in a process of its own.

The library maps the file into memory and trusts it: one that is cut off or damaged can end the process, which then is
only the child. Records come over its standard output.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from ocrflow.data.images import MAX_BYTES
from ocrflow.data.importers.content import BadContent
from ocrflow.data.importers.lmdb_child import FAULT, HEAD, NO_VALUE


class Record(NamedTuple):
    """One sample as stored; number 0 has the value of `num-samples` as its label and no image."""

    number: int
    label: bytes | None
    image: bytes


def records(database: Path) -> Iterator[Record]:
    """The value of `num-samples`, then all images with their labels in order of their numbers.

    Args:
        database: the file, data.mdb or other.

    Raises:
        BadContent: it cannot be read, or is damaged; records before the damage have been given out.
    """
    command = [sys.executable, "-m", "ocrflow.data.importers.lmdb_child", str(database.absolute())]
    none = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=none, stdout=subprocess.PIPE, stderr=none) as child:
        try:
            yield from _received(child)
        finally:
            child.kill()


def _received(child: subprocess.Popen[bytes]) -> Iterator[Record]:
    assert child.stdout
    while len(head := child.stdout.read(HEAD.size)) == HEAD.size:
        number, label_length, image_length = HEAD.unpack(head)
        label = _value(child.stdout, label_length)
        image = _value(child.stdout, image_length) or b""
        if number == FAULT:
            raise BadContent((label or b"").decode(errors="replace"))
        if number < 0 or image_length > MAX_BYTES:
            raise BadContent("damaged: a value of an impossible size")
        yield Record(number, label, image)
    if child.wait():
        raise BadContent("damaged: LMDB breaks off while reading it")


def _value(stream: IO[bytes], length: int) -> bytes | None:
    if length == NO_VALUE:
        return None
    value = stream.read(length)
    if len(value) != length:
        raise BadContent("damaged: LMDB breaks off while reading it")
    return value
