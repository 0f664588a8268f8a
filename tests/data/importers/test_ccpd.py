"""CCPD's names; the expected texts and corners are those that the README of CCPD and real pictures show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ocrflow.data.importers.ccpd import parse_name, read
from ocrflow.data.importers.sample import Notice, Problem, Sample

BLUE = "025-95_113-154&383_386&473-386&473_177&454_154&383_363&402-0_0_22_27_27_33_16-37-15.jpg"
GREEN = "004504310344827586-86_270-291&474_390&516-390&513_293&516_291&483_387&474-0_0_3_25_25_25_30_30-228-16.jpg"


def test_a_blue_plate() -> None:
    assert parse_name(BLUE) == ("皖AY339S", ((154, 383), (363, 402), (386, 473), (177, 454)))


def test_a_green_plate() -> None:
    assert parse_name(GREEN) == ("皖AD11166", ((291, 483), (387, 474), (390, 513), (293, 516)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0_0_22_27_27_33_16", "0_0_22_27_27_33", "got 6"),
        ("0_0_22_27_27_33_16", "0_0_22_27_27_33_34", "no character"),
        ("0_0_22_27_27_33_16", "33_0_22_27_27_33_1", "no character"),
        ("0_0_22_27_27_33_16", "0_25_22_27_27_33_1", "got '25'"),
        ("0_0_22_27_27_33_16", "0_0_22_27_27_33_x", "got 'x'"),
        ("386&473_177&454_154&383_363&402", "386&473_177&454_154&383", "four corners"),
        ("386&473_177&454", "386&473_177x454", "four corners"),
        ("-37-15", "-37", "got 6 of 7 parts"),
    ],
)
def test_other_names_say_what_is_wrong(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_name(BLUE.replace(old, new))


def test_pictures_without_a_plate_and_odd_names(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paint(tmp_path / "ccpd_base" / BLUE)
    paint(tmp_path / "ccpd_np" / "1005.jpg")
    odd = paint(tmp_path / "photo.jpg")
    sample, notice, problem = read(tmp_path)
    assert isinstance(sample, Sample)
    assert (sample.name, sample.split) == (f"ccpd_base/{BLUE}", None)
    assert isinstance(notice, Notice)
    assert isinstance(problem, Problem)
    assert problem.origin == str(odd)


def test_the_lists_of_2019_divide(tmp_path: Path, paint: Callable[..., Path]) -> None:
    names = [BLUE.replace("025-", f"{number:03d}-") for number in range(3)]
    for folder, name in zip(("ccpd_base", "ccpd_base", "ccpd_blur"), names, strict=True):
        paint(tmp_path / folder / name)
    (tmp_path / "splits").mkdir()
    (tmp_path / "splits" / "train.txt").write_text(f"ccpd_base/{names[0]}\n")
    (tmp_path / "splits" / "val.txt").write_text(f"ccpd_base/{names[1]}\n")
    (tmp_path / "splits" / "ccpd_blur.txt").write_text(f"ccpd_blur/{names[2]}\n")
    train, val, notice = read(tmp_path)
    assert isinstance(train, Sample)
    assert isinstance(val, Sample)
    assert (train.split, val.split) == ("train", "val")
    assert isinstance(notice, Notice)
    assert [item.split for item in read(tmp_path / "ccpd_blur") if isinstance(item, Sample)] == [None]


def test_the_folders_of_2020_divide(tmp_path: Path, paint: Callable[..., Path]) -> None:
    for number, folder in enumerate(("test", "train", "val")):
        paint(tmp_path / "ccpd_green" / folder / GREEN.replace("0045", f"{number:04d}"))
    splits = [item.split if isinstance(item, Sample) else "left out" for item in read(tmp_path)]
    assert splits == ["left out", "train", "val"]


def test_one_picture(tmp_path: Path, paint: Callable[..., Path]) -> None:
    (sample,) = read(paint(tmp_path / BLUE))
    assert isinstance(sample, Sample)
    assert sample.name == BLUE
