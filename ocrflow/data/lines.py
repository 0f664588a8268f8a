"""Reading the lines of a text file so strictly that every oddity is told with its line and byte."""

from __future__ import annotations

import codecs
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from ocrflow.data.faults import Fault, fault

LONGEST_LINE = 2**24  # bytes; a longer line is no label
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Kind = Literal["list", "dict"]
_TOO_LONG = {"list": "list_columns", "dict": "dict_multi_character"}


class Lines(NamedTuple):
    """The lines of a file with their numbers (from 1), without line ends, and what is wrong with the file."""

    lines: list[tuple[int, str]]
    faults: list[Fault]


def scan_lines(path: Path, kind: Kind, split: str | None = None) -> Lines:
    """All lines of a file at once; see `stream_lines`."""
    found = Lines([], [])
    for item in stream_lines(path, kind, split):
        if isinstance(item, Fault):
            found.faults.append(item)
        else:
            found.lines.append(item)
    return found


def stream_lines(path: Path, kind: Kind, split: str | None = None) -> Iterator[tuple[int, str] | Fault]:
    """The lines of a UTF-8 file with LF or CRLF line ends, and its faults, as they are read; the last needs no end.

    Lines that are not UTF-8 are left out. Only LF ends a line: U+2028, form feed and the like stay in the text.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield fault("file_unreadable", "not a regular file", path, split=split)
            return
        with path.open("rb") as file:
            yield from _decoded(file, path, kind, split)
    except FileNotFoundError:
        yield fault(f"{kind}_missing", "no such file", path, split=split)
    except OSError as error:
        yield fault("file_unreadable", error.strerror or str(error), path, split=split)


def _decoded(file: BinaryIO, path: Path, kind: Kind, split: str | None) -> Iterator[tuple[int, str] | Fault]:
    start = file.read(64)
    if _is_utf16(start):
        yield fault("file_not_utf8", "byte 0: UTF-16 where UTF-8 is expected", path, line=1, split=split)
        return
    offset = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    if offset:
        yield fault("file_bom", "byte 0: EF BB BF", path, line=1, split=split)
    file.seek(offset)
    first_crlf, crlf, number = 0, 0, 0
    for number, raw in enumerate(_raw_lines(file), 1):
        if raw is None:
            message = f"a line of more than {LONGEST_LINE // 2**20} MB"
            yield fault(_TOO_LONG[kind], message, path, line=number, split=split)
            offset = file.tell()
            continue
        if raw.endswith(b"\r\n"):
            crlf, first_crlf = crlf + 1, first_crlf or number
        line = raw.removesuffix(b"\n").removesuffix(b"\r")
        try:
            yield number, line.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"byte {offset + error.start} of the file is 0x{line[error.start]:02X}: {error.reason}"
            yield fault("file_not_utf8", message, path, line=number, split=split)
        offset += len(raw)
    if crlf:
        message = f"CR LF at the end of {crlf} of {number} lines"
        yield fault("file_crlf", message, path, line=first_crlf, split=split)


def _is_utf16(start: bytes) -> bool:
    """Whether it begins with UTF-16's mark, or every second byte is 0 as in ASCII written so."""
    even, odd = start[::2], start[1::2]
    half_empty = len(start) > 3 and ((not any(even) and all(odd)) or (not any(odd) and all(even)))
    return start.startswith(_UTF16) or half_empty


def _raw_lines(file: BinaryIO) -> Iterator[bytes | None]:
    """The lines with their ends; None for one that is too long, of which nothing is kept."""
    while raw := file.readline(LONGEST_LINE + 1):
        if len(raw) <= LONGEST_LINE or raw.endswith(b"\n"):
            yield raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = file.readline(LONGEST_LINE)
        yield None
