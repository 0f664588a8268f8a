"""Label lists of recognition."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.labels import Row, read_rows, rows_text, scan_lists, scan_rows
from ocrflow.errors import DataError


def test_rows_keep_their_line_and_their_spaces(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_text("images/a b.png\t one two \n\nimages/ü.png\tx")
    assert read_rows(path) == [Row("images/a b.png", " one two ", 1), Row("images/ü.png", "x", 3)]


def test_each_line_of_another_form_is_named(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_text("a.png\tx\na.png x\na.png\tx\ty\n\tx\n")
    with pytest.raises(DataError) as raised:
        read_rows(path)
    assert all(f"{path}:{line}: " in str(raised.value) for line in (2, 3, 4))
    assert f"{path}:1: " not in str(raised.value)


@pytest.mark.parametrize("content", ["", "\n\n", "  \n"])
def test_a_list_without_a_row_is_empty(tmp_path: Path, content: str) -> None:
    path = tmp_path / "val.txt"
    path.write_text(content)
    assert "list_empty" in [item.code for item in scan_rows(path, "val").faults]
    with pytest.raises(DataError, match="no sample"):
        read_rows(path)


def test_val_may_be_absent_when_the_rows_will_be_divided(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("a.png\tx\n")
    assert scan_lists(tmp_path, will_split=True)[1] == []
    assert [item.code for item in scan_lists(tmp_path, will_split=False)[1]] == ["list_missing"]


def test_written_rows_are_read_back(tmp_path: Path) -> None:
    rows = [Row("a.png", "x y", 1), Row("b.png", "z", 2)]
    (tmp_path / "list.txt").write_text(rows_text(rows))
    assert read_rows(tmp_path / "list.txt") == rows
