"""Reading a list or a dictionary for correction: encoding, byte order mark and line ends are put right here.

Bytes that are not UTF-8 are carried through as Python's surrogate escapes, so that what is not understood is written
again as it was.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from pathlib import Path

from ocrflow.data.fix_rules import FixLog
from ocrflow.errors import DataError, UsageError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BOM = "\ufeff"

NumberedLine = tuple[int, str]


def read_text(path: Path, encoding: str | None, log: FixLog) -> list[NumberedLine] | None:
    """The lines of a file with their numbers from 1, without line ends; None when there is no such file.

    Args:
        path: a file of the dataset, which is only read.
        encoding: what a file that is not UTF-8 is in; None when that is not known.
        log: takes what was changed.

    Raises:
        UsageError: no such encoding.
        DataError: the file cannot be read, is UTF-16 while `encoding` is None, or is not in `encoding`.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}", fix=f"make {path} a readable text file") from error
    text = _decoded(path, content, encoding, log)
    if text.startswith(_BOM):
        log.add("bom", path.name, 1, "U+FEFF", None)
        text = text.lstrip(_BOM)
    return _lines(path, text, log)


def is_escaped(text: str) -> bool:
    """Whether the text has bytes that are not UTF-8."""
    return not text.isascii() and any("\udc80" <= char <= "\udcff" for char in text)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines with LF ends; bytes that were not understood as they were."""
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def _decoded(path: Path, content: bytes, encoding: str | None, log: FixLog) -> str:
    if encoding is not None:
        require_encoding(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = f"{path}:{content.count(10, 0, error.start) + 1}: byte {error.start} is not UTF-8"
    if encoding is None:
        if content.startswith(_UTF16):
            raise DataError(f"{path}: UTF-16 where UTF-8 is expected", fix="--encoding utf-16")
        return content.decode("utf-8", "surrogateescape")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(10, 0, error.start) + 1
        message = f"{path}:{line}: byte {error.start} is not {encoding} either: {error.reason}"
        raise DataError(message, fix="name the right encoding, or correct that line") from error
    log.add("encoding", path.name, None, encoding, "utf-8")
    if "\0" in text:
        raise DataError(f"{place}, and as {encoding} it has NUL characters", fix="name the right encoding")
    return text


def require_encoding(encoding: str) -> None:
    """Raise UsageError unless Python knows a text encoding of that name."""
    try:
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise UsageError(f"--encoding {encoding}: no such encoding", fix="--encoding gb18030, for example") from error


def _lines(path: Path, text: str, log: FixLog) -> list[NumberedLine]:
    raw = text.split("\n")
    if raw[-1]:
        log.add("final_newline", path.name, len(raw), None, "\\n")
    else:
        raw.pop()
    ended = [number for number, line in enumerate(raw, 1) if line.endswith("\r")]
    if ended:
        log.add("crlf", path.name, ended[0], f"CR LF at the end of {len(ended)} of {len(raw)} lines", "LF")
    return [(number, line.rstrip("\r")) for number, line in enumerate(raw, 1)]
