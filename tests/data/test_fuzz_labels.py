"""Whatever bytes a list or a dictionary holds: the readers never raise and lose no line."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ocrflow.data.dictionary import scan_dictionary
from ocrflow.data.faults import Fault
from ocrflow.data.labels import read_rows, rows_text, scan_rows
from ocrflow.data.lines import scan_lines

MANY = settings(max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
OF_FILE = {"file_crlf", "file_bom"}  # told beside the row of the line

MARKS = (b"\t", b"\n", b"\r\n", b"\r", b" ", b"\xef\xbb\xbf", b"\xff", b"\0", b"\xe2\x80\xa8", b"\xc3\xa9", b"\xb3\xb5")
WORDS = st.text(max_size=6).map(lambda text: text.encode("utf-8", "replace"))
PIECES = st.one_of(st.sampled_from(MARKS), st.binary(max_size=6), WORDS)
CONTENTS = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=60).map(b"".join))
SHAPED = st.lists(st.tuples(PIECES, st.sampled_from((b"\t", b"")), PIECES, st.sampled_from((b"\n", b"\r\n")))).map(
    lambda rows: b"".join(b"".join(row) for row in rows)
)
ENTRIES = st.lists(st.characters(), unique=True).map(lambda entries: "\n".join(entries).encode("utf-8", "replace"))
COLUMN = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=("Cs",)), min_size=1)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One folder for all examples."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def lines_in(content: bytes) -> int:
    """Lines as `wc -l` counts them, and one more when the last has no end."""
    text = content.removeprefix(b"\xef\xbb\xbf")
    return text.count(b"\n") + bool(text and not text.endswith(b"\n"))


def is_utf16(content: bytes) -> bool:
    """Such a file is refused as a whole: by its mark, or because every second byte is 0."""
    has_zeros = len(content) >= 4 and (not any(content[:64][::2]) or not any(content[:64][1::2]))
    return content.startswith((b"\xff\xfe", b"\xfe\xff")) or has_zeros


def assert_places(faults: list[Fault], path: Path, lines: int) -> None:
    """Each fault is in the file, in a line that the file has."""
    for item in faults:
        assert item.file == str(path)
        assert item.line is None or 1 <= item.line <= max(lines, 1)
        json.dumps(item.message, ensure_ascii=False).encode()  # a lone surrogate could not be written


@MANY
@given(content=CONTENTS | SHAPED)
@example(content=b"\xef\xbb\xbf")
@example(content=b"\xef\xbb\xbf\xff\n\xff")
@example(content=b"\n" * 50)
@example(content=b"\r")
@example(content=b"a\tb\r\r\n")
def test_each_line_of_a_file_is_read_or_told(folder: Path, content: bytes) -> None:
    path = folder / "lines.txt"
    path.write_bytes(content)
    lines, faults = scan_lines(path, "list", "train")
    assert_places(faults, path, lines_in(content))
    read, told = [number for number, _ in lines], [item.line for item in faults if item.code not in OF_FILE]
    if not is_utf16(content):
        assert sorted([*read, *told]) == list(range(1, lines_in(content) + 1))
    raw = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    assert all(text.encode() == raw[number - 1].removesuffix(b"\r") for number, text in lines)


@MANY
@given(content=CONTENTS | SHAPED)
def test_each_line_of_a_list_is_a_row_or_told(folder: Path, content: bytes) -> None:
    path = folder / "train.txt"
    path.write_bytes(content)
    rows, faults = scan_rows(path, "train")
    assert_places(faults, path, lines_in(content))
    assert rows or faults
    told = [item.line for item in faults if item.code not in OF_FILE and item.line]
    if not is_utf16(content):
        assert sorted([*(row.line for row in rows), *told]) == list(range(1, lines_in(content) + 1))
    assert all(row.image and "\t" not in row.image + row.text and "\n" not in row.image + row.text for row in rows)
    assert [row.line for row in rows] == sorted(row.line for row in rows)


@MANY
@given(content=CONTENTS | SHAPED | ENTRIES)
@example(content=b"\x01\x00\n\x00")
def test_each_entry_of_a_dictionary_is_a_character_or_told(folder: Path, content: bytes) -> None:
    path = folder / "dict.txt"
    path.write_bytes(content)
    characters, faults = scan_dictionary(path)
    assert_places(faults, path, lines_in(content))
    assert characters or faults
    assert all(len(character) == 1 for character in characters)
    assert len(set(characters)) == len(characters) and " " not in characters
    left_out = {
        item.line for item in faults if item.code not in OF_FILE | {"dict_not_nfc", "dict_misencoded"} and item.line
    }
    if not is_utf16(content):
        assert len(characters) + len(left_out) == lines_in(content)


@MANY
@given(rows=st.lists(st.tuples(COLUMN, COLUMN)))
def test_what_was_written_is_read(folder: Path, rows: list[tuple[str, str]]) -> None:
    path = folder / "list.txt"
    path.write_text("a\tb\n" + "".join(f"{image}\t{text}\n" for image, text in rows), encoding="utf-8", newline="\n")
    found = read_rows(path)
    assert [(row.image, row.text, row.line) for row in found[1:]] == [(*row, n) for n, row in enumerate(rows, 2)]
    assert rows_text(found).encode() == path.read_bytes()
