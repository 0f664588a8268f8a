"""Reading the lines of a text file so strictly that every oddity is told with its line and byte."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Literal, NamedTuple

from ocrflow.data.faults import Fault, fault

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Lines(NamedTuple):
    """The lines of a file with their numbers (from 1), without line ends, and what is wrong with the file."""

    lines: list[tuple[int, str]]
    faults: list[Fault]


def scan_lines(path: Path, kind: Literal["list", "dict"], split: str | None = None) -> Lines:
    """Read a UTF-8 file with LF or CRLF line ends; the last line needs none. Lines that are not UTF-8 are left out.

    Only LF ends a line: U+2028, form feed and the like stay in the text.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Lines([], [fault(f"{kind}_missing", "no such file", path, split=split)])
    except OSError as error:
        return Lines([], [fault("file_unreadable", error.strerror or str(error), path, split=split)])
    if content.startswith(_UTF16):
        return Lines([], [fault("file_not_utf8", "byte 0: UTF-16 where UTF-8 is expected", path, line=1, split=split)])
    return _decode(content, path, split)


def _decode(content: bytes, path: Path, split: str | None) -> Lines:
    faults: list[Fault] = []
    offset = 0
    if content.startswith(codecs.BOM_UTF8):
        faults.append(fault("file_bom", "byte 0: EF BB BF", path, line=1, split=split))
        offset = len(codecs.BOM_UTF8)
    raw = content[offset:].split(b"\n")
    if not raw[-1]:
        raw.pop()
    crlf = [number for number, line in enumerate(raw, 1) if line.endswith(b"\r")]
    if crlf:
        message = f"CR LF at the end of {len(crlf)} of {len(raw)} lines"
        faults.append(fault("file_crlf", message, path, line=crlf[0], split=split))
    lines = []
    for number, line in enumerate(raw, 1):
        try:
            lines.append((number, line.removesuffix(b"\r").decode("utf-8")))
        except UnicodeDecodeError as error:
            message = f"byte {offset + error.start} of the file is 0x{line[error.start]:02X}: {error.reason}"
            faults.append(fault("file_not_utf8", message, path, line=number, split=split))
        offset += len(line) + 1
    return Lines(lines, faults)
