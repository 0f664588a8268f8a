"""The table of rows: what each column says, and which rows it holds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.config import RunConfig
from ocrflow.data.row_table import COLUMNS, RowTable, read_row_table
from ocrflow.errors import DataError
from ocrflow.files import write_jsonl


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Three rows of train and two of val; val's first image is a copy of train's first, with another label."""
    root = tmp_path / "set"
    (root / "images").mkdir(parents=True)
    for number in range(4):
        cv2.imwrite(str(root / f"images/{number}.png"), np.full((20, 50 + number, 3), number * 9, np.uint8))
    shutil.copy(root / "images/0.png", root / "images/copy.png")
    (root / "train.txt").write_text("images/0.png\tone\n\nimages/1.png\ttwo\nimages/2.png\tthree\n")
    (root / "val.txt").write_text("images/copy.png\tother\nimages/3.png\tfour\n")
    return root


def table_of(root: Path) -> RowTable:
    config = RunConfig.model_validate({"Global": {"dataset_dir": str(root), "output": str(root.parent / "out")}})
    return read_row_table(
        config, root, lambda row, image: {"upper": row.text.upper(), "area": image.width * image.height}
    )


def test_each_row_is_a_line_of_the_table(dataset: Path) -> None:
    table = table_of(dataset)
    frame = table.frame
    assert set(frame.columns) == {*COLUMNS, "upper", "area"}
    assert frame["split"].tolist() == ["train"] * 3 + ["val"] * 2
    assert frame["line"].tolist() == [1, 3, 4, 1, 2]
    assert frame["path"].tolist()[1:4] == ["images/1.png", "images/2.png", "images/copy.png"]
    assert frame["label"].tolist() == ["one", "two", "three", "other", "four"]
    assert frame["width"].tolist() == [50, 51, 52, 50, 53] and set(frame["height"]) == {20}
    assert frame["aspect_ratio"].tolist() == [2.5, 2.55, 2.6, 2.5, 2.65]
    assert frame["in_val"].tolist() == [0, 0, 0, 1, 1]
    assert frame["area"].tolist()[0] == 1000 and frame["upper"].tolist()[0] == "ONE"
    assert table.rows == {"train": 3, "val": 2} and table.excluded == 0
    assert table.files == {"train": dataset / "train.txt", "val": dataset / "val.txt"}


def test_copies_of_an_image_are_counted_by_content(dataset: Path) -> None:
    frame = table_of(dataset).frame
    assert frame["splits_of_image"].tolist() == [2, 1, 1, 2, 1]
    assert frame["labels_of_image"].tolist() == [2, 1, 1, 2, 1]
    assert frame["hash"][0] == frame["hash"][3] and frame["hash"].nunique() == 4


def test_excluded_rows_are_left_out(dataset: Path) -> None:
    (dataset / "images/1.png").write_bytes(b"not an image")
    places = [{"split": "train", "line": 3}, {"split": "val", "line": 1}]
    records = [place | {"file": "f", "image": "i", "codes": ["image_undecodable"]} for place in places]
    write_jsonl(dataset.parent / "out/check_dataset/excluded.jsonl", records)
    table = table_of(dataset)
    assert list(zip(table.frame["split"], table.frame["line"], strict=True)) == [("train", 1), ("train", 4), ("val", 2)]
    assert table.excluded == 2 and table.frame["splits_of_image"].tolist() == [1, 1, 1]
    assert table.frame.index.tolist() == [0, 1, 2]


def test_an_unusable_image_has_nulls(dataset: Path) -> None:
    (dataset / "images/1.png").unlink()
    frame = table_of(dataset).frame
    nulls = frame[["width", "height", "aspect_ratio", "hash"]].isna()
    assert nulls.loc[1].all() and nulls.sum().tolist() == [1, 1, 1, 1]


def test_no_row_left_is_an_error(dataset: Path) -> None:
    places = [("train", 1), ("train", 3), ("train", 4), ("val", 1), ("val", 2)]
    excluded = dataset.parent / "out/check_dataset/excluded.jsonl"
    excluded.parent.mkdir(parents=True)
    excluded.write_text("".join(json.dumps({"split": split, "line": line}) + "\n" for split, line in places))
    with pytest.raises(DataError, match="no row is left, 5 are excluded"):
        table_of(dataset)
