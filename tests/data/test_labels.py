"""Label lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.faults import Fault
from ocrflow.data.labels import Row, RowList, read_rows, rows_text, scan_lists, scan_rows, stream_rows
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


def test_rows_and_faults_come_in_file_order(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_bytes(b"a.png\tx\n\nb.png\nc.png\t\n\xff\n")
    found = [item.code if isinstance(item, Fault) else item.image for item in stream_rows(path, "train")]
    assert found == ["a.png", "list_blank_line", "list_columns", "c.png", "file_not_utf8"]


def test_a_list_whose_rows_are_all_broken_is_not_called_empty_too(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("x\ny\n")
    assert [item.code for item in scan_rows(tmp_path / "train.txt").faults] == ["list_columns", "list_columns"]


def test_of_a_long_line_the_beginning_is_shown(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("x" * 100_000)
    assert len(scan_rows(tmp_path / "train.txt").faults[0].message) < 200


def test_a_label_may_hold_anything_but_a_tab(tmp_path: Path) -> None:
    text = 'a\u2028b \x0c\x85 [{"x": 1}] 车'
    (tmp_path / "train.txt").write_text(f"a.png\t{text}\n")
    assert read_rows(tmp_path / "train.txt") == [Row("a.png", text, 1)]


def test_a_fault_of_a_row_names_its_place() -> None:
    item = RowList("val", Path("d/val.txt"), []).fault("label_blank", Row("a.png", " ", 7), "blank")
    assert (item.split, item.place, item.image, item.message) == ("val", "d/val.txt:7", "a.png", "blank")


def test_a_broken_val_is_told_although_it_may_be_absent(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("a.png\tx\n")
    (tmp_path / "val.txt").write_text("no tab\n")
    assert [item.code for item in scan_lists(tmp_path, will_split=True)[1]] == ["list_columns"]
    (tmp_path / "val.txt").write_text("")
    assert scan_lists(tmp_path, will_split=True)[1] == []
    (tmp_path / "train.txt").unlink()
    assert [item.code for item in scan_lists(tmp_path, will_split=True)[1]] == ["list_missing"]
