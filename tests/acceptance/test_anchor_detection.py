"""Every detection defect that PaddleX's checker was measured on, and those it never looks for: each told in place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anchor_cases_boxes as boxes
import anchor_cases_folders as folders
import anchor_cases_images as images
import anchor_cases_lists as lists
import pytest
from anchor_cases import Case, at, good, row_three, stored, whole
from anchor_cases_boxes import points, reboxed, second
from anchor_images import exif_rotated
from anchor_judge import assert_pictures, assert_told, judge
from anchor_toy import DETECTION, EVERY_ROW, SIZES, TRAIN, VAL, Toy, box, encoded

WIDTH, HEIGHT = SIZES[DETECTION]
ALL_IGNORED = tuple(("boxes_ignored_in_row", file, line) for file, line in EVERY_ROW)


def each_row(how: Callable[[Toy, str, int], object]) -> Callable[[Toy], object]:
    """Does the same in all rows."""
    return lambda toy: [how(toy, file, line) for file, line in EVERY_ROW]


def ignored(mark: str) -> Callable[[Toy, str, int], object]:
    """Marks all boxes of a row to be ignored."""
    return lambda toy, file, line: toy.rebox(file, line, [b | {"transcription": mark} for b in toy.boxes(file, line)])


def single_boxes(toy: Toy) -> None:
    """A dataset of one box a list."""
    for file in (TRAIN, VAL):
        toy.change(file, lambda content: content.split(b"\n")[0] + b"\n")
        toy.rebox(file, 1, [box(10, 10)])
    for path in (toy.root / "images").iterdir():
        if path.name not in ("t01.png", "v01.png"):
            path.unlink()


def turned(toy: Toy, boxes: list[dict[str, Any]]) -> None:
    """Row 3 has a JPEG of 160 x 96 pixels that EXIF turns upright, and these boxes."""
    stored(exif_rotated, ".jpg")(toy, TRAIN, 3)
    toy.rebox(TRAIN, 3, boxes)


GEOMETRY = [
    *at("partly outside", "polygon_partly_outside", points(box(120, 50, 60)["points"])),
    row_three("negative coordinates", "polygon_partly_outside", points(box(-12, 50, 60)["points"])),
    *at("outside", "polygon_outside", points(box(400, 50)["points"])),
    row_three("outside, negative", "polygon_outside", points(box(-400, 50)["points"])),
    *at("no area", "polygon_zero_area", points(box(20, 50, 60, 0)["points"])),
    row_three("one point four times", "polygon_zero_area", points([[20, 50]] * 4)),
    *at("bow tie", "polygon_self_intersecting", points([[20, 50], [120, 74], [120, 50], [20, 74]])),
    row_three("lopsided bow tie", "polygon_self_intersecting", points([[20, 50], [120, 80], [120, 60], [20, 90]])),
    *at("counter-clockwise", "polygon_counter_clockwise", points(box(20, 50)["points"][::-1])),
    *at("twice", "polygon_duplicate", lambda t, f, n: t.rebox(f, n, [*t.boxes(f, n), t.boxes(f, n)[1]])),
    row_three("two pixels high", "polygon_tiny", points(box(20, 50, 60, 2)["points"])),
    row_three("two pixels wide", "polygon_tiny", points(box(20, 50, 2)["points"])),
    row_three("an escaped tab in a transcription", "label_control_character", second(transcription="a\tb")),
    row_three("no text", "box_text_blank", second(transcription="")),
    row_three("text of spaces", "box_text_blank", second(transcription="  ")),
]

WHOLE = [
    *at("no box in an image", "boxes_none", reboxed([])),
    Case(
        "no box in all images",
        each_row(reboxed([])),
        (
            *(("boxes_none", file, line) for file, line in EVERY_ROW),
            ("boxes_all_ignored", TRAIN, None),
            ("boxes_all_ignored", VAL, None),
        ),
    ),
    *at("all boxes of a row ignored", "boxes_ignored_in_row", ignored("###")),
    *[
        Case(
            f"all boxes {mark}",
            each_row(ignored(mark)),
            (*ALL_IGNORED, ("boxes_all_ignored", TRAIN, None), ("boxes_all_ignored", VAL, None)),
        )
        for mark in ("###", "*")
    ],
    Case(
        "labels in the turned image",
        lambda t: turned(t, [box(10, 100, 60)]),
        (("image_exif_rotated", TRAIN, 3),),
    ),
    Case(
        "labels in the image before it is turned",
        lambda t: turned(t, [box(100, 10, 50)]),
        (("image_exif_mismatch", TRAIN, 3),),
        frozenset({"image_exif_rotated"}),
    ),
    whole("no folder of the name images", lambda t: t.rename_images("pictures"), "dataset_layout", "."),
    whole(
        "two folders of the name images", lambda t: (t.root / "more/images").mkdir(parents=True), "dataset_layout", "."
    ),
]


TWELVE = [[20 + 10 * x, 50] for x in range(6)] + [[70 - 10 * x, 74] for x in range(6)]
GOOD = [
    good("### on one box", lambda t: second(transcription="###")(t, TRAIN, 3)),
    good("* on one box", lambda t: second(transcription="*")(t, VAL, 2)),
    good("float coordinates", lambda t: points(box(20.25, 50.5, 60.125, 20.75)["points"])(t, TRAIN, 3)),
    good("12 points", lambda t: points(TWELVE)(t, TRAIN, 3)),
    good("extra keys", lambda t: second(difficult=False, key_cls="None", id=7)(t, TRAIN, 3)),
    good("a Chinese transcription", lambda t: second(transcription="车牌 京A")(t, TRAIN, 3)),
    good("escapes in a transcription", lambda t: t.relabel(TRAIN, 3, json.dumps([box(9, 9, text='车 "京"')]))),
    good("one box a list", single_boxes),
    good("every box of the same size", each_row(reboxed([box(30, 30)]))),
    good("a box as large as the image", lambda t: reboxed([box(0, 0, WIDTH, HEIGHT)])(t, TRAIN, 3)),
    good("a turned box", lambda t: points([[30, 50], [110, 60], [108, 80], [28, 70]])(t, TRAIN, 3)),
    good("images of many sizes", lambda t: t.store(TRAIN, 3, encoded(t.picture(TRAIN, 3).resize((500, 400))))),
]

COMMON = [
    *images.BROKEN,
    *images.ALL_FORMATS,
    *lists.LINES,
    *lists.PATHS,
    *folders.COPIES,
    *folders.FOLDERS,
    *folders.GOOD,
]
CASES = [*COMMON, *boxes.JSON_FORM, *boxes.POINTS, *GEOMETRY, *WHOLE, *GOOD]


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_defect_is_told_in_its_place(case: Case, tmp_path: Path) -> None:
    toy = Toy(tmp_path / "data", DETECTION)
    case.damage(toy)
    verdict = judge(toy, tmp_path / "output", *case.overrides)
    assert_told(case, toy, verdict)
    if verdict.error is None:
        assert_pictures(verdict)
        assert verdict.result["dataset_type"] == "TextDetDataset"


def test_the_table_means_what_it_says() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
