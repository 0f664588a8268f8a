"""Reading lists and dictionaries for correction."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrflow.data.fix_rules import FixLog
from ocrflow.data.fix_text import is_escaped, read_text, write_lines
from ocrflow.errors import DataError, UsageError


def read(path: Path, content: bytes, encoding: str | None = None) -> tuple[list[tuple[int, str]] | None, list[str]]:
    """The lines, and the rules that were applied."""
    path = path / "train.txt"
    path.write_bytes(content)
    log = FixLog()
    return read_text(path, encoding, log), [item.change for item in log.changes]


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        (b"a\nb\n", []),
        (b"\xef\xbb\xbfa\nb\n", ["bom"]),
        (b"\xef\xbb\xbf\xef\xbb\xbfa\nb\n", ["bom"]),
        (b"a\r\nb\r\n", ["crlf"]),
        (b"a\r\r\nb\n", ["crlf"]),
        (b"a\nb", ["final_newline"]),
        (b"\xef\xbb\xbfa\r\nb", ["bom", "final_newline", "crlf"]),
    ],
)
def test_the_form_of_a_file_is_put_right(tmp_path: Path, content: bytes, rules: list[str]) -> None:
    assert read(tmp_path, content) == ([(1, "a"), (2, "b")], rules)


def test_a_missing_file_is_none_and_a_folder_is_refused(tmp_path: Path) -> None:
    assert read_text(tmp_path / "val.txt", None, FixLog()) is None
    with pytest.raises(DataError, match="val"):
        (tmp_path / "val.txt").mkdir()
        read_text(tmp_path / "val.txt", None, FixLog())


def test_an_empty_file_has_no_line(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == ([], [])


def test_bytes_that_are_not_utf8_are_carried_through(tmp_path: Path) -> None:
    lines, rules = read(tmp_path, "京A1".encode("gb18030") + b"\nb\n")
    assert lines and rules == [] and [is_escaped(line) for _, line in lines] == [True, False]
    write_lines(tmp_path / "out.txt", (line for _, line in lines))
    assert (tmp_path / "out.txt").read_bytes() == (tmp_path / "train.txt").read_bytes()


def test_an_encoding_is_used_when_it_is_named(tmp_path: Path) -> None:
    assert read(tmp_path, "京A1\n".encode("gb18030"), "gb18030") == ([(1, "京A1")], ["encoding"])
    assert read(tmp_path, "京A1\n".encode("utf-16"), "utf-16") == ([(1, "京A1")], ["encoding"])
    assert read(tmp_path, "京A1\n".encode(), "gb18030") == ([(1, "京A1")], [])


def test_a_wrong_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train.txt:2: byte 2 is not ascii either"):
        read(tmp_path, b"a\n\xff\n", "ascii")
    with pytest.raises(UsageError, match="no such encoding"):
        read(tmp_path, b"a\n", "gb-none")
    with pytest.raises(DataError, match="NUL"):
        read(tmp_path, "ab\n".encode("utf-16"), "latin-1")
    with pytest.raises(DataError, match=r"UTF-16(?s:.*)--encoding utf-16"):
        read(tmp_path, "ab\n".encode("utf-16"))


@given(st.binary(max_size=60))
def test_reading_what_was_written_changes_nothing(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("text")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    lines, _ = read(folder, content)
    assert lines is not None
    write_lines(folder / "once.txt", (line for _, line in lines))
    again, rules = read(folder, (folder / "once.txt").read_bytes())
    assert again is not None and [line for _, line in again] == [line for _, line in lines] and rules == []
