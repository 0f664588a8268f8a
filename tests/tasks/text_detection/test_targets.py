"""The maps that a detector is trained to give."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrflow.tasks.text_detection.targets import db_targets, offset, offset_distance, threshold_targets

TEXT = np.array([[20.0, 30.0], [120.0, 30.0], [120.0, 60.0], [20.0, 60.0]])  # 100 x 30
REACH = 100 * 30 * (1 - 0.4**2) / 260


def targets_of(*polygons: np.ndarray, ignored: tuple[bool, ...] = ()):
    return db_targets(list(polygons), ignored or (False,) * len(polygons), (100, 160))


def test_text_is_shrunk_by_the_distance_of_the_paper():
    inside = targets_of(TEXT).shrink_map > 0
    ys, xs = np.nonzero(inside)
    assert (xs.min(), xs.max()) == pytest.approx((20 + REACH, 120 - REACH), abs=1)
    assert (ys.min(), ys.max()) == pytest.approx((30 + REACH, 60 - REACH), abs=1)
    assert inside.sum() == (np.ptp(xs) + 1) * (np.ptp(ys) + 1)


def test_threshold_is_highest_on_the_border_and_falls_to_both_sides():
    column = targets_of(TEXT).threshold_map[:, 70]
    assert column[30] == pytest.approx(0.7) and column[60] == pytest.approx(0.7)
    assert column[35] == column[25] == pytest.approx(0.7 - 0.4 * 5 / REACH)
    assert column[10] == column[80] == pytest.approx(0.3)
    mask = targets_of(TEXT).threshold_mask[:, 70]
    assert mask[25] == mask[65] == 1 and mask[15] == mask[75] == 0


def test_nothing_labelled():
    maps = targets_of()
    assert not maps.shrink_map.any() and maps.shrink_mask.all() and not maps.threshold_mask.any()
    assert np.allclose(maps.threshold_map, 0.3)


@pytest.mark.parametrize(("height", "counts"), [(7.9, False), (8.0, True)])
def test_small_texts_are_ignored(height, counts):
    text = np.array([[20.0, 30.0], [120.0, 30.0], [120.0, 30.0 + height], [20.0, 30.0 + height]])
    maps = targets_of(text)
    assert maps.shrink_map.any() == counts
    assert maps.shrink_mask.all() == counts
    assert maps.threshold_mask.any()


def test_ignored_texts_are_masked_out():
    maps = targets_of(TEXT, ignored=(True,))
    assert not maps.shrink_map.any() and not maps.threshold_mask.any()
    assert not maps.shrink_mask[30:61, 20:121].any()
    assert maps.shrink_mask.sum() == 100 * 160 - 31 * 101


@pytest.mark.parametrize(
    "shift", [(-60.0, 0.0), (60.0, 0.0), (0.0, -45.0), (0.0, 55.0), (400.0, 0.0), (-400.0, -400.0)]
)
def test_polygons_may_leave_the_image(shift):
    """What is drawn in the image is what a larger image would have there."""
    moved = TEXT + shift
    threshold, mask = threshold_targets([moved], (100, 160), 0.4)
    larger, larger_mask = threshold_targets([moved + 500], (1100, 1160), 0.4)
    assert np.allclose(threshold, larger[500:600, 500:660], atol=1e-5)
    assert np.array_equal(mask, larger_mask[500:600, 500:660])
    assert db_targets([moved], [False], (100, 160)).shrink_map.shape == (100, 160)


def test_points_in_either_direction_give_the_same():
    for one, other in zip(vars(targets_of(TEXT)).values(), vars(targets_of(TEXT[::-1])).values(), strict=True):
        assert np.allclose(one, other, atol=1e-6)


def test_input_is_not_changed():
    polygon = TEXT - 50
    before = polygon.copy()
    targets_of(polygon)
    assert np.array_equal(polygon, before)


def test_a_text_that_falls_apart_is_shrunk_less():
    """A dumbbell: full shrinking would cut it in the middle."""
    half = [
        [10, 20],
        [60, 20],
        [60, 42],
        [100, 42],
        [100, 20],
        [150, 20],
        [150, 70],
        [100, 70],
        [100, 48],
        [60, 48],
        [60, 70],
        [10, 70],
    ]
    dumbbell = np.array(half, float)
    apart = offset(dumbbell, -offset_distance(dumbbell, 1 - 0.4**2))
    assert len(apart) == 2
    parts, _ = cv2.connectedComponents((targets_of(dumbbell).shrink_map > 0).astype(np.uint8))
    assert parts - 1 == len(offset(dumbbell, -offset_distance(dumbbell, 1 - 0.8**2)))


def test_distance_of_a_flat_polygon_is_0():
    assert offset_distance(np.zeros((4, 2)), 1.0) == 0
    assert offset_distance(TEXT, 1.0) == pytest.approx(3000 / 260)
    flat = np.array([[20.0, 30.0], [120.0, 30.0], [120.0, 30.0], [20.0, 30.0]])
    maps = targets_of(flat)
    assert not maps.shrink_map.any() and not maps.threshold_mask.any()
