"""Reading label files of other programs, which come with byte order marks and Windows line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from ocrflow.data.importers.sample import Problem

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_lines(path: Path) -> Iterator[tuple[int, str] | Problem]:
    """The lines that are not blank, with their numbers from 1; a Problem for each that is not UTF-8.

    A byte order mark is taken off, UTF-16 with such a mark is read, and CR LF ends a line as LF does.
    """
    try:
        content = path.read_bytes()
        if content.startswith(_UTF16):
            content = content.decode("utf-16").encode()
    except OSError as error:
        yield Problem(str(path), error.strerror or str(error))
        return
    except UnicodeDecodeError as error:
        yield Problem(str(path), f"begins as UTF-16, but byte {error.start} is not: {error.reason}")
        return
    for number, raw in enumerate(content.removeprefix(codecs.BOM_UTF8).split(b"\n"), 1):
        try:
            line = raw.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            yield Problem(f"{path}:{number}", f"not UTF-8: byte {error.start + 1} of the line; save the file as UTF-8")
            continue
        if line.strip():
            yield number, line
