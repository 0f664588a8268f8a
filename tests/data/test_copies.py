"""Images that occur more than once."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.data.copies import Copies
from ocrflow.data.faults import Fault
from ocrflow.data.image_facts import ImageFacts
from ocrflow.data.images import inspect
from ocrflow.data.labels import Row, RowList

TRAIN, VAL = RowList("train", Path("train.txt"), []), RowList("val", Path("val.txt"), [])
Found = list[tuple[str, str]]


def facts_of(md5: str) -> ImageFacts:
    return ImageFacts(md5, 80, 24, dhash=bytes(32))


def found_in(train: list[tuple[str, str]], val: list[tuple[str, str]], will_split: bool = False) -> list[Fault]:
    """The faults of rows of (md5, label)."""
    copies, faults = Copies(will_split), []
    for rows, pairs in ((TRAIN, train), (VAL, val)):
        for line, (md5, text) in enumerate(pairs, 1):
            faults += copies.row_faults(rows, Row(f"{md5}{line}.png", text, line), facts_of(md5))
    return faults


def short(faults: list[Fault]) -> Found:
    return [(item.code, item.place) for item in faults]


def test_different_images_are_no_copies() -> None:
    assert found_in([("a", "x"), ("b", "x"), ("c", "y")], [("d", "x")]) == []


def test_the_same_row_again() -> None:
    faults = found_in([("a", "x"), ("b", "y"), ("a", "x"), ("a", "x")], [])
    assert short(faults) == [("row_duplicate", "train.txt:3"), ("row_duplicate", "train.txt:4")]
    assert faults[0].message == "'a3.png', 'x' as in train.txt:1"


def test_a_conflict_is_told_of_both_rows_each_with_the_other() -> None:
    faults = found_in([("a", "x"), ("b", "y"), ("a", "z")], [])
    assert short(faults) == [("label_conflict", "train.txt:1"), ("label_conflict", "train.txt:3")]
    assert faults[0].message == "'a1.png' is 'x' here and 'z' in train.txt:3"
    assert faults[1].message == "'a3.png' is 'z' here and 'x' in train.txt:1"
    assert [item.image for item in faults] == ["a1.png", "a3.png"]
    assert faults[0].fix == "correct or remove line 1 of train.txt"


def test_the_first_row_of_many_contradictions_is_told_once() -> None:
    faults = found_in([("a", "x"), ("a", "y"), ("a", "z"), ("a", "x")], [])
    assert short(faults) == [
        ("label_conflict", "train.txt:1"),
        ("label_conflict", "train.txt:2"),
        ("label_conflict", "train.txt:3"),
        ("row_duplicate", "train.txt:4"),
    ]


def test_a_contradiction_again_is_not_said_to_be_as_the_first_row() -> None:
    faults = found_in([("a", "x"), ("a", "y"), ("a", "y")], [])
    assert short(faults)[2:] == [("label_conflict", "train.txt:3"), ("row_duplicate", "train.txt:3")]
    assert faults[-1].message == "'a3.png', 'y' as in an earlier row of train.txt"


def test_a_conflict_across_the_lists() -> None:
    faults = found_in([("a", "x")], [("b", "x"), ("a", "y")])
    assert short(faults) == [
        ("label_conflict", "train.txt:1"),
        ("label_conflict", "val.txt:2"),
        ("image_in_both_splits", "val.txt:2"),
    ]
    assert [item.split for item in faults] == ["train", "val", "val"]


def test_a_leak() -> None:
    faults = found_in([("a", "x"), ("b", "y")], [("c", "z"), ("b", "y")])
    assert short(faults) == [("image_in_both_splits", "val.txt:2")]
    assert faults[0].message == "'b2.png' is the same image as 'b2.png' in train.txt:2"


def test_rows_that_will_be_pooled_do_not_leak() -> None:
    faults = found_in([("a", "x"), ("b", "y")], [("b", "y"), ("a", "z")], will_split=True)
    assert short(faults) == [("label_conflict", "train.txt:1"), ("label_conflict", "val.txt:2")]


def test_unusable_images_are_not_compared() -> None:
    copies = Copies(will_split=False)
    bad = ImageFacts("a", problem="image_truncated")
    rows = [Row("1.png", "x", 1), Row("2.png", "y", 2)]
    assert [fault for row in rows for fact in (bad, None) for fault in copies.row_faults(TRAIN, row, fact)] == []


def test_long_labels_are_shown_in_short() -> None:
    faults = found_in([("a", "x" * 500), ("a", "y" * 500)], [])
    assert all(len(item.message) < 200 for item in faults)


def picture(seed: int) -> np.ndarray:
    """Soft patches with a text on them, 40 x 140."""
    patches = np.random.default_rng(seed).integers(60, 256, (4, 10, 3), dtype=np.uint8)
    image = cv2.resize(patches, (140, 40), interpolation=cv2.INTER_CUBIC)
    return cv2.putText(image, f"AB {seed:03}", (5, 29), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2)


def near_in(root: Path, train: dict[str, np.ndarray], val: dict[str, np.ndarray], will_split: bool = False) -> Found:
    """Code and place of all faults of real files."""
    copies, faults, facts = Copies(will_split), [], {}
    for rows, images in ((TRAIN, train), (VAL, val)):
        for line, (name, image) in enumerate(images.items(), 1):
            cv2.imwrite(str(root / name), image)
            facts[name] = inspect(root / name)
            faults += copies.row_faults(rows, Row(name, "x", line), facts[name])
    assert faults == [], "no file is a copy byte for byte"
    faults += copies.near_faults(VAL, facts, root)
    assert all(item.severity == "warning" for item in faults)
    return [(item.code, f"{item.place} {item.message}") for item in faults]


def test_a_copy_in_another_format_is_nearly_the_same(tmp_path: Path) -> None:
    train = {f"{n}.png": picture(n) for n in range(12)}
    val = {"other.png": picture(50), "copy.jpg": picture(7)}
    assert near_in(tmp_path, train, val) == [
        ("image_nearly_in_both_splits", "val.txt:2 'copy.jpg' looks like '7.png' in train.txt:8")
    ]


def test_pooled_rows_are_not_compared(tmp_path: Path) -> None:
    assert near_in(tmp_path, {"a.png": picture(1)}, {"a.jpg": picture(1)}, will_split=True) == []


def test_pictures_of_one_style_with_another_text_are_not_alike(tmp_path: Path) -> None:
    background = np.full((40, 140, 3), 200, np.uint8)
    plates = [
        cv2.putText(background.copy(), f"AB {n:03}", (5, 29), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2)
        for n in range(100, 110)
    ]
    train = {f"{n}.png": plate for n, plate in enumerate(plates[:6])}
    val = {f"v{n}.png": plate for n, plate in enumerate(plates[6:])}
    assert near_in(tmp_path, train, val) == []


@pytest.mark.parametrize("lists", [({}, {}), ({"a.png": 1}, {}), ({}, {"a.png": 1})])
def test_a_list_without_an_image_has_no_near_copy(tmp_path: Path, lists: tuple[dict[str, int], dict[str, int]]) -> None:
    train, val = ({name: picture(seed) for name, seed in images.items()} for images in lists)
    assert near_in(tmp_path, train, val) == []


def test_each_of_several_copies_is_told(tmp_path: Path) -> None:
    """All three have one hash: the pixels are the same, only the format differs."""
    val = {"a.bmp": picture(1), "b.tiff": picture(1), "c.ppm": picture(1)}
    found = near_in(tmp_path, {"a.png": picture(1), "d.png": picture(2)}, val)
    assert [place.split()[0] for _, place in found] == ["val.txt:1", "val.txt:2", "val.txt:3"]
