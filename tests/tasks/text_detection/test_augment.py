"""Random views: the picture and the points move together."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrflow.tasks.text_detection.augment import ROOM, View, jitter, random_view

TEXT = np.array([[300, 200], [420, 220], [416, 250], [296, 230]], np.float64)


@pytest.fixture(scope="module")
def image():
    """Dark noise with the text as a white polygon."""
    image = np.random.default_rng(0).integers(0, 60, (480, 640, 3), dtype=np.uint8)
    cv2.fillPoly(image, [TEXT.astype(np.int32)], (255, 255, 255))
    return image


def views(strength, count=40, texts=(TEXT,), hw=(480, 640), scale=1.0, size=128):
    return [random_view(hw, list(texts), scale, size, strength, np.random.default_rng(seed)) for seed in range(count)]


def is_inside(points, size):
    return bool((points >= -0.01).all() and (points <= size + 0.01).all())


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_picture_and_points_agree(image, strength):
    for view in views(strength):
        seen, points = view.image(image), view.points(TEXT)
        assert seen.shape == (128, 128, 3)
        expected = np.zeros((128, 128), np.uint8)
        cv2.fillPoly(expected, [np.round(points - 0.5).astype(np.int32)], 1)
        bright = (seen.min(axis=2) > 150).astype(np.uint8)
        border = cv2.morphologyEx(expected, cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8))
        assert not ((bright != expected) & (border == 0)).any()


def test_most_views_hold_the_text():
    for strength in (0.0, 1.0):
        count = sum(is_inside(view.points(TEXT), 128) for view in views(strength, 100))
        assert 70 <= count < 100


def test_a_text_larger_than_the_view_is_made_to_fit():
    long = np.array([[20, 100], [620, 100], [620, 160], [20, 160]], np.float64)
    fitting = [view for view in views(0.0, texts=[long]) if is_inside(view.points(long), 128)]
    assert len(fitting) >= 25
    assert all(np.ptp(view.points(long)[:, 0]) == pytest.approx(ROOM * 128) for view in fitting)


def test_without_strength_only_the_place_differs():
    linear = [view.matrix_23[:, :2] for view in views(0.0, scale=0.5, hw=(100, 4000), texts=[])]
    assert all(np.array_equal(matrix, np.eye(2) * 0.5) for matrix in linear)


def test_the_recipe_flips_turns_and_scales():
    linear = np.array([view.matrix_23[:, :2] for view in views(0.5, 300, size=640)])
    determinants = np.linalg.det(linear)
    assert 0.35 < (determinants < 0).mean() < 0.65
    scales = np.sqrt(np.abs(determinants))
    assert 0.5 <= scales.min() < 0.55 and 2.6 < scales.max() <= 3.0
    degrees = np.degrees(np.arctan2(linear[:, 1, 0] * np.sign(determinants), linear[:, 0, 0] * np.sign(determinants)))
    assert 8 < np.abs(degrees).max() <= 10


@pytest.mark.parametrize("hw", [(60, 50), (480, 640), (40, 2000)])
def test_views_show_what_there_is(hw):
    """The window lies in the image, or the whole of a smaller image in the window."""
    for view in views(0.0, texts=[], hw=hw):
        first, last = view.points(np.array([[0, 0], [hw[1], hw[0]]], np.float64))
        for axis in (0, 1):
            holds = first[axis] >= -1e-6 and last[axis] <= 128 + 1e-6
            fills = first[axis] <= 1e-6 and last[axis] >= 128 - 1e-6
            assert holds or fills


def test_a_view_of_a_far_larger_image_skips_no_pixels():
    """Thin bright lines on black keep their mean when they are shrunk to an eighth."""
    image = np.zeros((1024, 1024, 3), np.uint8)
    image[::8] = 255
    seen = View(np.array([[0.125, 0, 0], [0, 0.125, 0]]), 128).image(image)
    assert np.abs(seen.astype(float) - 255 / 8).max() < 24


def test_jitter_changes_the_picture_only_when_asked(image):
    assert np.array_equal(jitter(image, 0.0, np.random.default_rng(0)), image)
    changed = [jitter(image, 1.0, np.random.default_rng(seed)) for seed in range(8)]
    assert all(other.shape == image.shape and other.dtype == np.uint8 for other in changed)
    assert all(not np.array_equal(other, image) for other in changed)
