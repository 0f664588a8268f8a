"""Sample pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ocrflow.data.labels import Row, RowList
from ocrflow.report.samples import write_samples


def dataset(root: Path, count: int, shape: tuple[int, ...] = (20, 60, 3)) -> list[Row]:
    for number in range(count):
        (root / str(number)).mkdir(parents=True)
        cv2.imwrite(str(root / f"{number}/same.jpg"), np.full(shape, 40 * number % 256, np.uint8))
    return [Row(f"{number}/same.jpg", f"n{number}", number + 1) for number in range(count)]


def test_ten_at_most_evenly_spread_and_none_overwritten(tmp_path: Path) -> None:
    rows = dataset(tmp_path, 25)
    names = write_samples(tmp_path / "demo", tmp_path, RowList("train", tmp_path / "train.txt", rows))
    names += write_samples(tmp_path / "demo", tmp_path, RowList("val", tmp_path / "val.txt", rows[:3]))
    assert len(set(names)) == 13 == len(list((tmp_path / "demo").iterdir()))
    assert names[:2] == ["train_0001_same.png", "train_0003_same.png"] and names[-1] == "val_0003_same.png"


def test_the_label_is_drawn_beneath_the_image(tmp_path: Path) -> None:
    rows = dataset(tmp_path, 1)
    name = write_samples(tmp_path / "demo", tmp_path, RowList("val", tmp_path / "val.txt", rows))[0]
    picture = cv2.imread(str(tmp_path / "demo" / name), cv2.IMREAD_GRAYSCALE)
    strip = picture[64 + 8 :]
    assert (picture[10:64, 10:190] < 10).all()
    assert (strip < 100).any() and (strip > 250).mean() > 0.8


def test_odd_sizes_long_names_and_labels(tmp_path: Path) -> None:
    name = "é" * 120 + ".png"
    cv2.imwrite(str(tmp_path / name), np.zeros((4, 5000), np.uint8))
    rows = RowList("train", tmp_path / "train.txt", [Row(name, "川" * 80, 1)])
    written = write_samples(tmp_path / "demo", tmp_path, rows)[0]
    assert cv2.imread(str(tmp_path / "demo" / written)).shape[1] >= 1600
