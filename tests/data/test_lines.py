"""Text files with every oddity that editors leave in them."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from ocrflow.data import lines as lines_module
from ocrflow.data.faults import Fault
from ocrflow.data.lines import scan_lines, stream_lines


def scan(tmp_path: Path, content: bytes) -> tuple[list[tuple[int, str]], list[tuple[str, int | None, str]]]:
    path = tmp_path / "train.txt"
    path.write_bytes(content)
    lines, faults = scan_lines(path, "list", "train")
    return lines, [(item.code, item.line, item.message) for item in faults]


@pytest.mark.parametrize("content", [b"a\nb\n", b"a\nb"])
def test_the_final_newline_is_optional(tmp_path: Path, content: bytes) -> None:
    assert scan(tmp_path, content) == ([(1, "a"), (2, "b")], [])


def test_only_lf_ends_a_line(tmp_path: Path) -> None:
    text = "a\u2028b\x0cc\x85d"
    assert scan(tmp_path, text.encode()) == ([(1, text)], [])


def test_crlf_is_read_and_told(tmp_path: Path) -> None:
    lines, faults = scan(tmp_path, b"a\nb\r\nc\r\n")
    assert lines == [(1, "a"), (2, "b"), (3, "c")]
    assert faults == [("file_crlf", 2, "CR LF at the end of 2 of 3 lines")]


def test_a_byte_order_mark_is_told_and_not_in_the_text(tmp_path: Path) -> None:
    lines, faults = scan(tmp_path, b"\xef\xbb\xbfa\n")
    assert lines == [(1, "a")] and faults[0][:2] == ("file_bom", 1)


def test_bad_bytes_are_told_by_offset_and_line(tmp_path: Path) -> None:
    content = "é\n".encode() + "车\n".encode("gbk") + b"ok\n"
    lines, faults = scan(tmp_path, content)
    assert lines == [(1, "é"), (3, "ok")]
    assert [item[:2] for item in faults] == [("file_not_utf8", 2)]
    assert "byte 3 of the file is 0xB3" in faults[0][2]


def test_the_offset_counts_a_byte_order_mark(tmp_path: Path) -> None:
    _, faults = scan(tmp_path, b"\xef\xbb\xbfab\xff\n")
    assert "byte 5 of the file is 0xFF" in faults[1][2]


def test_utf16_is_one_fault(tmp_path: Path) -> None:
    assert [item[0] for item in scan(tmp_path, "a\nb\n".encode("utf-16"))[1]] == ["file_not_utf8"]


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    assert [item.code for item in scan_lines(tmp_path, "dict").faults] == ["file_unreadable"]
    assert [item.code for item in scan_lines(tmp_path / "none", "dict").faults] == ["dict_missing"]
    assert [item.code for item in scan_lines(tmp_path / "none", "list").faults] == ["list_missing"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "train.txt")
    faults = scan_lines(tmp_path / "train.txt", "list", "train").faults
    assert [(item.code, item.message, item.split) for item in faults] == [
        ("file_unreadable", "not a regular file", "train")
    ]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "train.txt").touch()
    monkeypatch.setattr(Path, "open", refuse)
    faults = scan_lines(tmp_path / "train.txt", "list").faults
    assert [(item.code, item.message) for item in faults] == [("file_unreadable", "Permission denied")]


def test_an_empty_file_has_no_line(tmp_path: Path) -> None:
    assert scan(tmp_path, b"") == ([], [])
    assert [item[0] for item in scan(tmp_path, b"\xef\xbb\xbf")[1]] == ["file_bom"]


def test_a_line_without_end_is_skipped_and_the_next_one_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "LONGEST_LINE", 100)
    content = b"a" * 100 + b"\n" + b"b" * 950 + b"\nc\xff\nd\n" + b"e" * 101
    lines, faults = scan(tmp_path, content)
    assert [(number, text[:1]) for number, text in lines] == [(1, "a"), (4, "d")]
    assert [item[:2] for item in faults] == [("list_columns", 2), ("file_not_utf8", 3), ("list_columns", 5)]
    assert f"byte {content.index(255)} of the file is 0xFF" in faults[1][2]


def test_a_line_as_long_as_allowed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "LONGEST_LINE", 100)
    assert scan(tmp_path, b"a" * 100) == ([(1, "a" * 100)], [])
    assert scan(tmp_path, b"a" * 100 + b"\nb") == ([(1, "a" * 100), (2, "b")], [])


def test_lines_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_bytes(b"0123456789" * 20 + b"\n" + b"images/0123456789.png\tlabel\n" * 100_000 + b"\xff\n")
    tracemalloc.start()
    faults = sum(isinstance(item, Fault) for item in stream_lines(path, "list"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert faults == 1
    assert peak < 300_000, "of 3 MB"
