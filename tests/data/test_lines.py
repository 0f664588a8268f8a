"""Text files with every oddity that editors leave in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.lines import scan_lines


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
