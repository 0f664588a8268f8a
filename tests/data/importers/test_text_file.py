from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.importers.sample import Problem
from ocrflow.data.importers.text_file import read_lines


@pytest.mark.parametrize(
    "content",
    ["é\n\n b\n".encode(), b"\xef\xbb\xbf\xc3\xa9\r\n\r\n b", "é\r\n\r\n b\r\n".encode("utf-16")],
    ids=["plain", "bom and crlf", "utf-16"],
)
def test_lines_come_with_their_numbers_whatever_the_encoding_marks(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    assert list(read_lines(file)) == [(1, "é"), (3, " b")]


def test_a_line_that_is_not_utf8_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("a\n京\nb\n".encode("gbk"))
    first, problem, last = read_lines(file)
    assert (first, last) == ((1, "a"), (3, "b"))
    assert isinstance(problem, Problem)
    assert problem.origin == f"{file}:2"


def test_a_missing_file_is_one_problem(tmp_path: Path) -> None:
    assert list(read_lines(tmp_path / "no")) == [Problem(str(tmp_path / "no"), "No such file or directory")]
