"""Boxes from probability maps."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocrflow.tasks.text_detection.postprocess import (
    PostprocessSettings,
    boxes_of_map,
    mean_inside,
    settings_of,
    smallest_rectangle,
)
from ocrflow.tasks.text_detection.targets import db_targets

DEFAULT = PostprocessSettings()


def map_with(*rectangles: tuple[int, int, int, int, float]) -> np.ndarray:
    """100 x 200 with rectangles (left, top, right, bottom, value), their borders included."""
    map_HW = np.zeros((100, 200), np.float32)
    for left, top, right, bottom, value in rectangles:
        map_HW[top : bottom + 1, left : right + 1] = value
    return map_HW


def test_nothing_found():
    boxes, scores = boxes_of_map(map_with(), DEFAULT, (100, 200))
    assert boxes.shape == (0, 4, 2) and boxes.dtype == np.int32 and scores.shape == (0,)


def test_a_box_grows_by_area_over_perimeter():
    boxes, scores = boxes_of_map(map_with((50, 40, 110, 60, 0.9)), DEFAULT, (100, 200))
    grow = int(60 * 20 * 1.5 / 160)
    expected = np.array(
        [[50 - grow, 40 - grow], [110 + grow, 40 - grow], [110 + grow, 60 + grow], [50 - grow, 60 + grow]]
    )
    assert abs(boxes[0] - expected).max() <= 1
    assert scores == pytest.approx([0.9], abs=1e-6)


def test_the_image_may_have_another_size():
    map_HW = map_with((50, 40, 110, 60, 0.9))
    (small,), _ = boxes_of_map(map_HW, DEFAULT, (100, 200))
    (large,), _ = boxes_of_map(map_HW, DEFAULT, (300, 1000))
    assert abs(large - small * (5, 3)).max() <= 5


def test_boxes_end_at_the_image():
    (box,), _ = boxes_of_map(map_with((0, 0, 199, 99, 1.0)), DEFAULT, (100, 200))
    assert box.tolist() == [[0, 0], [200, 0], [200, 100], [0, 100]]


@pytest.mark.parametrize(
    ("rectangle", "settings", "found"),
    [
        ((50, 40, 110, 60, 0.5), DEFAULT, 0),
        ((50, 40, 110, 60, 0.5), PostprocessSettings(box_thresh=0.4), 1),
        ((50, 40, 110, 60, 0.5), PostprocessSettings(thresh=0.6, box_thresh=0.4), 0),
        ((50, 40, 110, 42, 0.9), DEFAULT, 0),
        ((50, 40, 110, 43, 0.9), DEFAULT, 1),
    ],
)
def test_what_is_dropped(rectangle, settings, found):
    boxes, _ = boxes_of_map(map_with(rectangle), settings, (100, 200))
    assert len(boxes) == found


def test_no_more_candidates_than_allowed():
    many = map_with(*((20 * i, 40, 20 * i + 12, 60, 0.9) for i in range(9)))
    assert len(boxes_of_map(many, DEFAULT, (100, 200))[0]) == 9
    assert len(boxes_of_map(many, PostprocessSettings(max_candidates=4), (100, 200))[0]) == 4


def test_slow_score_leaves_out_what_is_beside_a_bent_region():
    bent = map_with((20, 20, 120, 30, 0.9), (20, 20, 30, 80, 0.9))
    settings = PostprocessSettings(box_thresh=0.7)
    assert len(boxes_of_map(bent, settings, (100, 200))[0]) == 0
    boxes, scores = boxes_of_map(bent, PostprocessSettings(box_thresh=0.7, slow_score=True), (100, 200))
    assert len(boxes) == 1 and scores[0] == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize("angle", [0, 20, 70, -40])
def test_growing_undoes_the_shrinking_of_training(angle):
    """1.5 belongs to a shrink ratio of about 0.55, towards the end of PaddleOCR's trainings."""
    text = cv2.boxPoints(((150.0, 150.0), (160.0, 36.0), angle))
    map_HW = db_targets([text], [False], (300, 300), shrink_ratio=0.55).shrink_map
    (box,), _ = boxes_of_map(map_HW, DEFAULT, (300, 300))
    shared, _ = cv2.intersectConvexConvex(box.astype(np.float32), text)
    assert shared / (cv2.contourArea(box) + cv2.contourArea(text) - shared) > 0.9


def test_rectangle_starts_at_the_top_left_and_runs_clockwise():
    corners, side = smallest_rectangle(np.array([[30, 10], [10, 10], [10, 20], [30, 20]], np.int32))
    assert corners.tolist() == [[10, 10], [30, 10], [30, 20], [10, 20]]
    assert side == 10


def test_mean_of_a_polygon_that_leaves_the_map():
    map_HW = map_with((150, 50, 199, 99, 0.5))
    polygon = np.array([[150.0, 50.0], [260.0, 50.0], [260.0, 140.0], [150.0, 140.0]])
    assert mean_inside(map_HW, polygon) == pytest.approx(0.5, abs=1e-6)


def test_another_score_that_boxes_need() -> None:
    official = settings_of("PP-OCRv6_tiny_det")
    assert official.box_thresh == 0.4 and settings_of("PP-OCRv4_mobile_det") == PostprocessSettings()
    assert settings_of("PP-OCRv6_tiny_det", 0.7) == replace(official, box_thresh=0.7)
    map_HW = np.zeros((64, 64), np.float32)
    map_HW[20:30, 10:50] = 0.5
    assert len(boxes_of_map(map_HW, official, (64, 64))[0]) == 1
    assert len(boxes_of_map(map_HW, settings_of("PP-OCRv6_tiny_det", 0.7), (64, 64))[0]) == 0
