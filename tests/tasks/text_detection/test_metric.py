"""Precision, recall and hmean of found boxes."""

from __future__ import annotations

import numpy as np
import pytest

from ocrflow.tasks.text_detection.metric import DetectionCounts, count_matches


def box(left: float, top: float, width: float = 10, height: float = 10) -> np.ndarray:
    return np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]])


def count(labelled, found, ignored=None) -> DetectionCounts:
    return count_matches(labelled, ignored or [False] * len(labelled), found)


def test_a_perfect_image():
    boxes = [box(0, 0), box(20, 0)]
    counts = count(boxes, boxes[::-1])
    assert counts == DetectionCounts(matched=2, labelled=2, found=2)
    assert (counts.precision, counts.recall, counts.hmean) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(("shift", "matched"), [(3.2, 1), (3.4, 0), (100, 0)])
def test_overlap_must_be_above_one_half(shift, matched):
    """A square shifted by a third of its side has an overlap of (2/3) / (4/3)."""
    assert count([box(0, 0)], [box(shift, 0)]).matched == matched


def test_exactly_one_half_is_not_enough():
    assert count([box(0, 0)], [box(0, 0, height=20)]).matched == 0


def test_each_box_counts_once():
    counts = count([box(0, 0), box(0.5, 0)], [box(0, 0)])
    assert counts == DetectionCounts(matched=1, labelled=2, found=1)
    assert count([box(0, 0)], [box(0, 0), box(0.5, 0)]) == DetectionCounts(matched=1, labelled=1, found=2)


def test_ignored_texts_count_neither_way():
    labelled = [box(0, 0), box(50, 0, width=40)]
    in_ignored, half_in, beside = box(55, 0), box(86, 0), box(0, 50)
    counts = count(labelled, [box(0, 0), in_ignored, half_in, beside], [False, True])
    assert counts == DetectionCounts(matched=1, labelled=1, found=3)
    assert count(labelled, [], [True, True]) == DetectionCounts()


def test_polygons_that_cross_themselves_are_left_out_and_counted():
    bow_tie = box(0, 0)[[0, 2, 1, 3]]
    assert count([bow_tie], [box(0, 0)]) == DetectionCounts(found=1, unusable=1)
    assert count([box(0, 0)], [bow_tie]) == DetectionCounts(labelled=1)


@pytest.mark.parametrize(
    ("labelled", "found", "expected"),
    [
        ([], [], DetectionCounts()),
        ([box(0, 0)], [], DetectionCounts(labelled=1)),
        ([], [box(0, 0)], DetectionCounts(found=1)),
    ],
)
def test_empty_sides_score_0(labelled, found, expected):
    counts = count(labelled, found)
    assert counts == expected
    assert (counts.precision, counts.recall, counts.hmean) == (0.0, 0.0, 0.0)


def test_images_are_added_up():
    total = DetectionCounts(3, 4, 6, 1) + DetectionCounts(1, 4, 2, 0)
    assert total == DetectionCounts(4, 8, 8, 1)
    assert (total.precision, total.recall, total.hmean) == (0.5, 0.5, 0.5)
    assert DetectionCounts(2, 4, 2).hmean == pytest.approx(2 / 3)
