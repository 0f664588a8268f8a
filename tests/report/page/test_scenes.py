"""Boxes on images."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from ocrflow.report.page.album import Album
from ocrflow.report.page.scenes import Mark, crop_of, is_polygon, marks_of, scene

SQUARE = [[10, 10], [60, 10], [60, 30], [10, 30]]


def test_the_marks_of_a_detectors_line() -> None:
    row = {
        "boxes": [
            {"points": SQUARE, "score": 0.9, "truth": 0, "counts": True},
            {"points": SQUARE, "score": 0.8, "truth": None, "counts": True},
            {"points": SQUARE, "score": 0.7, "truth": None, "counts": False},
        ],
        "truth": [
            {"points": SQUARE, "text": "A", "box": 0, "counts": True},
            {"points": SQUARE, "text": "B", "box": None, "counts": True},
            {"points": SQUARE, "text": "###", "box": None, "counts": False},
        ],
    }
    marks = [(mark.kind, mark.told, mark.number) for mark in marks_of(row)]
    assert marks == [
        ("right", "right, A, 0.900", None),
        ("left-out", "left out, 0.700", None),
        ("left-out", "left out, ###", None),
        ("false", "false, 0.800", 1),
        ("missed", "missed, B", 2),
    ]


def test_a_misread_text() -> None:
    box = {"points": SQUARE, "text": "8", "text_score": 0.9, "truth": 0, "counts": True, "right": False}
    truth = {"points": SQUARE, "text": "B", "box": 0, "counts": True}
    (mark,) = marks_of({"boxes": [box], "truth": [truth]})
    assert (mark.kind, mark.told, mark.number) == ("misread", "misread, B → 8, 0.900", 1)


def test_a_scene_is_one_picture_with_polygons() -> None:
    marks = [Mark(SQUARE, "missed", "<b>&", number=3), Mark(SQUARE, "right")]
    drawn = scene(np.zeros((100, 200, 3), np.uint8), marks, Album(100_000), (50, 50), 50_000)
    svg = ElementTree.fromstring(str(drawn))
    assert svg.get("viewBox") == "0 0 200 100" and len(svg.findall("image")) == 1
    first, second = svg.findall("polygon")
    assert first.get("points") == "10,10 60,10 60,30 10,30" and second.get("class") == "right"
    assert first.findtext("title") == "missed, <b>&" and [text.text for text in svg.findall("text")] == ["3"]
    assert scene(np.zeros((9, 9, 3), np.uint8), [], Album(10), (9, 9), 10) is None, "a full album"


def test_a_crop_has_room_around_its_box() -> None:
    image_HWC = np.arange(100 * 200 * 3, dtype=np.uint32).astype(np.uint8).reshape(100, 200, 3)
    part_HWC, points = crop_of(image_HWC, SQUARE)
    assert part_HWC.shape == (42, 72, 3) and points[0] == [10, 10] and points[2] == [60, 30]
    part_HWC, points = crop_of(image_HWC, [[150, 50], [180, 50], [180, 70], [150, 70]])
    assert np.array_equal(part_HWC, image_HWC[38:82, 138:192]) and points[0] == [12, 12]
    assert crop_of(image_HWC, [[500, 500], [600, 500], [600, 550]])[0].size == 0
    assert crop_of(image_HWC, [[-90, -90], [-50, -90], [-50, -80]])[0].size == 0


@pytest.mark.parametrize(
    "points", [None, "abc", [], [[1, 2]], [[1, 2], [3, 4], [5]], [[1, 2], [3, 4], [5, float("nan")]]]
)
def test_what_is_no_polygon(points: object) -> None:
    assert not is_polygon(points)
