"""The faults of detection labels, row by row."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.config import RunConfig
from ocrflow.data.faults import Fault
from ocrflow.data.images import ImageFacts, inspect
from ocrflow.data.labels import Row, RowList, scan_rows
from ocrflow.tasks.text_detection.check import DetectionCheck

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
IMAGE = ImageFacts("m", 400, 300)
GOOD = [[20, 30], [120, 30], [120, 60], [20, 60]]


def check_of(root: Path, dataset_dir: Path | None = None) -> DetectionCheck:
    section = {"model": "PP-OCRv4_mobile_det", "dataset_dir": str(dataset_dir or root)}
    return DetectionCheck(RunConfig.model_validate({"Global": section}), root)


def rows_of(split: str = "train") -> RowList:
    return RowList(split, Path(f"{split}.txt"), [])


def box(points: Any = GOOD, text: Any = "text") -> dict[str, Any]:
    return {"transcription": text, "points": points}


def faults_of(label: Any, image: ImageFacts | None = IMAGE) -> list[Fault]:
    text = label if isinstance(label, str) else json.dumps(label)
    return list(check_of(Path()).row_faults(rows_of(), Row("images/a.png", text, 7), image))


def codes(label: Any, image: ImageFacts | None = IMAGE) -> list[str]:
    return [item.code for item in faults_of(label, image)]


LABELS: dict[str, tuple[Any, list[str]]] = {
    "good": ([box()], []),
    "floats": ([box([[20.5, 30], [120, 30.25], [120, 60], [20, 60]])], []),
    "two": ([box(), box([[20, 80], [90, 80], [90, 99], [20, 99]])], []),
    "twelve points": ([box([[20 + 9 * i, 30] for i in range(6)] + [[65 - 9 * i, 60] for i in range(6)])], []),
    "ignored beside one that counts": ([box(), box([[1, 80], [90, 80], [90, 99], [1, 99]], "###")], []),
    "rotated, starting anywhere": ([box([[200, 100], [230, 130], [130, 230], [100, 200]])], []),
    "other keys": ([box() | {"difficult": True, "key_cls": "None"}], []),
    "invalid JSON": ("[{", ["boxes_not_json"]),
    "empty label": ("", ["boxes_not_json"]),
    "single quotes": ("[{'transcription': 'a'}]", ["boxes_not_json"]),
    "object": (box(), ["boxes_wrong_shape"]),
    "no transcription": ([{"points": GOOD}], ["boxes_wrong_shape"]),
    "number as text": ([box(text=5)], ["boxes_wrong_shape"]),
    "null as text": ([box(text=None)], ["boxes_wrong_shape"]),
    "no box": ([], ["boxes_none"]),
    "all ignored, ###": ([box(text="###")], ["boxes_ignored_in_row"]),
    "all ignored, *": ([box(text="*")], ["boxes_ignored_in_row"]),
    "no text": ([box(text="")], ["box_text_blank"]),
    "white text": ([box(text=" \u3000\u200b")], ["box_text_blank"]),
    "line separator": ([box(text="a\u2028b")], ["label_control_character"]),
    "NUL": ([box(text="\0")], ["label_control_character"]),
    "lone surrogate": ([box(text="\ud800")], ["label_control_character"]),
    "zero-width joiner and CJK": ([box(text="川\u200dA")], []),
    "points empty": ([box([])], ["polygon_too_few_points"]),
    "one point": ([box(GOOD[:1])], ["polygon_too_few_points"]),
    "two points": ([box(GOOD[:2])], ["polygon_too_few_points"]),
    "three points": ([box(GOOD[:3])], ["polygon_too_few_points"]),
    "flat list": ([box([20, 30, 120, 30, 120, 60, 20, 60])], ["polygon_wrong_shape"]),
    "null": ([box(None)], ["polygon_wrong_shape"]),
    "ragged": ([box([[1, 2], [3], [4, 5], [6, 7]])], ["polygon_wrong_shape"]),
    "letters": ([box([["a", "b"]] * 4)], ["polygon_wrong_shape"]),
    "3-D": ([box([GOOD])], ["polygon_wrong_shape"]),
    "numeric strings": ([box([[str(x), str(y)] for x, y in GOOD])], ["polygon_wrong_shape"]),
    "NaN": ([box([[float("nan"), 30], *GOOD[1:]])], ["polygon_not_finite"]),
    "infinite": ([box([[float("inf"), 30], *GOOD[1:]])], ["polygon_not_finite"]),
    "10^12": ([box([[10**12, 30], *GOOD[1:]])], ["polygon_huge"]),
    "right of the image": ([box([[x + 400, y] for x, y in GOOD])], ["polygon_outside"]),
    "above the image": ([box([[x, y - 100] for x, y in GOOD])], ["polygon_outside"]),
    "around a corner of it": ([box([[380, -60], [500, 60], [480, 80], [360, -40]])], ["polygon_outside"]),
    "1 pixel outside": ([box([[-2, 30], [402, 30], [402, 302], [-2, 302]])], []),
    "3 pixels outside": ([box([[-3, 30], *GOOD[1:3], [-3, 60]])], ["polygon_partly_outside"]),
    "larger than the image": ([box([[-50, -50], [500, -50], [500, 500], [-50, 500]])], ["polygon_partly_outside"]),
    "flat": ([box([[20, 30], [120, 30], [120, 30], [20, 30]])], ["polygon_zero_area"]),
    "flat and partly outside": ([box([[-20, 30], [120, 30], [120, 30], [-20, 30]])], ["polygon_zero_area"]),
    "a single point": ([box([[20, 30]] * 4)], ["polygon_zero_area"]),
    "bow-tie": ([box([GOOD[0], GOOD[1], GOOD[3], GOOD[2]])], ["polygon_self_intersecting"]),
    "bow-tie partly outside": ([box([[-9, 30], [120, 30], [-9, 60], [120, 60]])], ["polygon_self_intersecting"]),
    "crossing, six points": (
        [box([[20, 30], [60, 60], [100, 30], [100, 60], [60, 29], [20, 60]])],
        ["polygon_self_intersecting"],
    ),
    "counter-clockwise": ([box(GOOD[::-1])], ["polygon_counter_clockwise"]),
    "counter-clockwise, partly outside": (
        [box([[20, -30], [20, 60], [120, 60], [120, -30]])],
        ["polygon_partly_outside"],
    ),
    "2 pixels high": ([box([[20, 30], [120, 30], [120, 32], [20, 32]])], ["polygon_tiny"]),
    "3 pixels high": ([box([[20, 30], [120, 30], [120, 33], [20, 33]])], []),
    "2 pixels high, slanted": ([box([[20, 30], [120, 130], [118.6, 131.4], [18.6, 31.4]])], ["polygon_tiny"]),
    "tiny and ignored": ([box(), box([[20, 80], [22, 80], [22, 82], [20, 82]], "*")], []),
    "bow-tie and ignored": ([box(), box([GOOD[0], GOOD[1], GOOD[3], GOOD[2]], "*")], ["polygon_self_intersecting"]),
    "NaN and ignored": ([box(), box([[float("nan"), 30], *GOOD[1:]], "*")], ["polygon_not_finite"]),
    "twice": ([box(), box(text="other")], ["polygon_duplicate"]),
    "twice, another start": ([box(), box(GOOD[2:] + GOOD[:2])], ["polygon_duplicate"]),
    "three times": ([box()] * 3, ["polygon_duplicate"] * 2),
    "several faults": (
        [box(GOOD[::-1]), box(None), box([], "x"), box([[500, 9], [600, 9], [600, 40], [500, 40]], "")],
        [
            "polygon_wrong_shape",
            "polygon_too_few_points",
            "box_text_blank",
            "polygon_counter_clockwise",
            "polygon_outside",
        ],
    ),
}


@pytest.mark.parametrize(("label", "expected"), LABELS.values(), ids=LABELS)
def test_each_label_gets_its_codes(label: Any, expected: list[str]) -> None:
    found = faults_of(label)
    assert [item.code for item in found] == expected
    for item in found:
        assert (item.split, item.file, item.line, item.image) == ("train", "train.txt", 7, "images/a.png")
        item.message.encode("utf-8")


def test_messages_name_the_box_and_the_numbers() -> None:
    label = [box(), box([[390, 30], [450, 30], [450, 60], [390, 60]], "Total"), box()]
    assert [item.message for item in faults_of(label)] == [
        "box 2, 'Total': reaches 50 pixels out of the image: x 390 to 450, y 30 to 60, the image has 400 x 300 pixels",
        "box 3, 'text': the same polygon as box 1; x 20 to 120, y 30 to 60",
    ]


@pytest.mark.parametrize("image", [None, ImageFacts("", 0, 0, "image_missing", "no such file")])
def test_without_an_image_all_else_is_checked(image: ImageFacts | None) -> None:
    far = [[9000, 9000], [9100, 9000], [9100, 9050], [9000, 9050]]
    assert codes([box(far), box(GOOD[::-1]), box(None)], image) == ["polygon_wrong_shape", "polygon_counter_clockwise"]


WIDE = [[310, 30], [390, 30], [390, 60], [310, 60]]


@pytest.mark.parametrize(
    ("orientation", "width", "height", "points", "expected"),
    [
        (6, 300, 400, WIDE, ["image_exif_mismatch"]),
        (8, 300, 400, WIDE, ["image_exif_mismatch"]),
        (5, 300, 400, [[x - 20, y] for x, y in WIDE], ["image_exif_mismatch"]),
        (1, 300, 400, WIDE, ["polygon_outside"]),
        (3, 300, 400, WIDE, ["polygon_outside"]),
        (6, 400, 300, WIDE, []),
        (6, 300, 400, GOOD, []),
        (6, 300, 300, WIDE, ["polygon_outside"]),
        (6, 300, 400, [[x + 300, y] for x, y in WIDE], ["polygon_outside"]),
    ],
)
def test_boxes_that_fit_only_the_image_before_exif_turns_it(
    orientation: int, width: int, height: int, points: list[list[int]], expected: list[str]
) -> None:
    image = ImageFacts("m", width, height, orientation=orientation)
    assert codes([box(), box(points)] if points != GOOD else [box()], image) == expected


def test_a_list_without_a_box_that_counts(tmp_path: Path) -> None:
    check = check_of(tmp_path)
    lists = [rows_of("train"), rows_of("val")]
    for label in ([box(text="###")], [], [box(text="*")]):
        list(check.row_faults(lists[0], Row("a", json.dumps(label), 1), IMAGE))
    for label in ([box(text="###")], [box()]):
        list(check.row_faults(lists[1], Row("a", json.dumps(label), 1), IMAGE))
    found = list(check.closing_faults(lists))
    assert [(item.code, item.split, item.file, item.line) for item in found] == [
        ("boxes_all_ignored", "train", "train.txt", None)
    ]
    assert found[0].message == "rows: 3, usable boxes: 2, all of them ignored (### or *)"
    assert check.summary() == "4 boxes, 3 of them ignored"


def test_a_list_of_images_without_boxes(tmp_path: Path) -> None:
    check = check_of(tmp_path)
    list(check.row_faults(rows_of("val"), Row("a", "[]", 1), IMAGE))
    assert [item.message for item in check.closing_faults([rows_of("train"), rows_of("val")])] == [
        "rows: 1, usable boxes: 0"
    ]


@pytest.mark.parametrize(
    ("folders", "root", "expected"),
    [
        (["images"], ".", None),
        (["nested/images/sub"], "nested", None),
        (["imgs"], ".", "got none"),
        (["images", "old/images"], ".", "got 2: "),
        (["images/images"], ".", "got 2: "),
        (["a/images", "b"], "b", "expects train.txt beside "),
    ],
)
def test_paddlex_needs_one_folder_named_images(
    tmp_path: Path, folders: list[str], root: str, expected: str | None
) -> None:
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    found = list(check_of(tmp_path / root, tmp_path).opening_faults())
    assert [item.code for item in found] == (["dataset_layout"] if expected else [])
    assert expected is None or expected in found[0].message


def test_many_boxes_take_linear_time() -> None:
    seconds = []
    for count in (10_000, 40_000):
        boxes = [box([[0, 0], [99, 0], [99, 50 + index], [0, 50 + index]]) for index in range(count // 2)]
        label = json.dumps(boxes + boxes)
        start = time.process_time()
        assert Counter(codes(label, None)) == {"polygon_duplicate": count // 2}
        seconds.append(time.process_time() - start)
    assert seconds[1] < 10 * seconds[0] and seconds[1] < 5


@pytest.mark.parametrize("labels", [[], [[]], [[box()]], [[box()], [box()]], [[box([[0, 0], [9, 9], [0, 9], [9, 0]])]]])
def test_a_histogram_of_any_boxes(tmp_path: Path, labels: list[Any]) -> None:
    check = check_of(tmp_path)
    for line, label in enumerate(labels, 1):
        list(check.row_faults(rows_of(), Row("a", json.dumps(label), line), IMAGE))
    check.write_histogram(tmp_path / "histogram.png")
    assert cv2.imread(str(tmp_path / "histogram.png")) is not None


def test_a_sample_shows_its_boxes(tmp_path: Path) -> None:
    image = Image.new("RGB", (400, 300), "white")
    drawn = check_of(tmp_path).draw_sample(image, Row("a", json.dumps([box(), box(None)]), 1))
    pixels = np.asarray(drawn)
    assert max(drawn.size) > 1200 and (pixels != 255).any() and np.asarray(image).min() == 255


@pytest.mark.parametrize("name", ["receipts_sroie_det", "plates_openalpr_det"])
def test_real_sets_have_no_fault(name: str) -> None:
    root = SHARED / name
    if not root.is_dir():
        pytest.skip("no shared data")
    check = check_of(root)
    lists = [RowList(split, root / f"{split}.txt", scan_rows(root / f"{split}.txt").rows) for split in ("train", "val")]
    found = list(check.opening_faults())
    for rows in lists:
        for number, row in enumerate(rows.rows):
            image = inspect(root / row.image) if number % 20 == 0 else None
            found += check.row_faults(rows, row, image)
    assert found + list(check.closing_faults(lists)) == []
