"""Labels of list files and dataset folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrflow.data.dict_labels import label_lists, nfc, not_nfc
from ocrflow.errors import DataError


def test_a_folder_is_its_lists_and_a_file_is_one(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("a.png\tone\n")
    (tmp_path / "val.txt").write_text("b.png\ttwo\n")
    (tmp_path / "more.txt").write_text("c.png\tthree\n")
    lists = label_lists([str(tmp_path), str(tmp_path / "more.txt"), str(tmp_path / "train.txt")])
    assert [[row.text for row in labels.rows] for labels in lists] == [["one"], ["two"], ["three"]]


def test_a_folder_without_val_is_its_train_list(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("a.png\tone\n")
    assert [labels.file.name for labels in label_lists([str(tmp_path)])] == ["train.txt"]


def test_of_detection_only_what_counts_is_read(tmp_path: Path) -> None:
    square = [[0, 0], [9, 0], [9, 9], [0, 9]]
    boxes = [{"transcription": text, "points": square} for text in ("ab", "###", "c")]
    (tmp_path / "train.txt").write_text(f"a.jpg\t[]\nb.jpg\t{json.dumps(boxes)}\n")
    assert [row.text for row in label_lists([str(tmp_path)])[0].rows] == ["", "ab c"]


def test_a_damaged_row_of_detection_is_named(tmp_path: Path) -> None:
    square = [[0, 0], [9, 0], [9, 9], [0, 9]]
    good = json.dumps([{"transcription": "x", "points": square}])
    (tmp_path / "train.txt").write_text(f"a.jpg\t{good}\nb.jpg\t[{{'transcription'}}]\n")
    with pytest.raises(DataError, match=r"boxes_not_json(?s:.*)train.txt:2"):
        label_lists([str(tmp_path)])


@pytest.mark.parametrize("char", ["\x07", "\u2028", "\u0085", "\ufeff", "\ufffd", "\r"])
def test_control_characters_are_refused_with_their_place(tmp_path: Path, char: str) -> None:
    (tmp_path / "train.txt").write_text(f"a.png\tok\nb.png\tx{char}y\n", newline="")
    with pytest.raises(DataError, match=rf"train.txt:2: .*U\+{ord(char):04X}"):
        label_lists([str(tmp_path)])


def test_all_sources_are_looked_at_before_anything_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a.png ok\n")
    with pytest.raises(DataError, match=r"(?s)list_columns.*list_missing"):
        label_lists([str(tmp_path / "a.txt"), str(tmp_path / "absent.txt")])


def test_rows_that_are_not_nfc_are_named_and_can_be_made_so(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("a.png\te\u0301\nb.png\t\u00e9\n")
    lists = label_lists([str(tmp_path)])
    assert not_nfc(lists) == [f"{tmp_path / 'train.txt'}:1"]
    assert [row.text for row in nfc(lists)[0].rows] == ["\u00e9", "\u00e9"]
