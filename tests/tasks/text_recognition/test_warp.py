"""Geometric augmentation."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrflow.tasks.text_recognition import warp
from ocrflow.tasks.text_recognition.augment import WARPS

FUNCTIONS = [function for _, function in WARPS]
SHAPES = [(48, 120, 3), (48, 3200, 3), (48, 1, 3), (4, 4, 3), (200, 4, 3)]


def edges(width: int, height: int = 48) -> np.ndarray:
    result = np.zeros((2, 2, width), np.float32)
    result[:, warp.X] = np.arange(width)
    result[warp.BOTTOM, warp.Y] = height - 1
    return result


@pytest.fixture
def smooth() -> np.ndarray:
    """A picture whose blue says the column and whose green says the row."""
    columns, rows = np.meshgrid(np.linspace(0, 240, 120), np.linspace(0, 240, 48))
    return np.dstack([columns, rows, np.full_like(rows, 128)]).astype(np.uint8)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_shape_and_type_stay_and_the_input_too(function, shape):
    image = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    before = image.copy()
    for seed in range(5):
        result = warp.warp(image, [function], np.random.default_rng(seed))
        assert result.shape == shape and result.dtype == np.uint8
    assert np.array_equal(image, before)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_each_does_something_and_is_repeatable(function, smooth):
    results = [warp.warp(smooth, [function], np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert np.array_equal(results[0], results[1])
    assert any(not np.array_equal(result, smooth) for result in results)


def test_no_distortion_is_the_identity(smooth):
    assert np.array_equal(warp.warp(smooth, [], np.random.default_rng(0)), smooth)


def test_all_together_stay_near_their_place(smooth):
    """No pixel of the text moves by more than a third of a part of the line, or a third of the height."""
    for seed in range(30):
        result = warp.warp(smooth, FUNCTIONS, np.random.default_rng(seed)).astype(int)
        moved_x = np.abs(result[..., 0] - smooth[..., 0].astype(int)).max() / 2
        moved_y = np.abs(result[..., 1] - smooth[..., 1].astype(int)).max() / 5
        assert moved_x < 40 and moved_y < 18


@pytest.mark.parametrize("function", [warp.perspective, warp.stretch, warp.shear], ids=lambda f: f.__name__)
def test_the_order_of_characters_stays(function):
    for seed in range(50):
        moved = edges(144)
        function(moved, 48, np.random.default_rng(seed))
        assert (np.diff(moved[:, warp.X]) > 0).all()


def test_stretch_keeps_both_ends():
    for seed in range(20):
        moved = edges(144)
        warp.stretch(moved, 48, np.random.default_rng(seed))
        assert moved[:, warp.X, 0] == pytest.approx(0) and moved[:, warp.X, -1] == pytest.approx(143)
        assert np.array_equal(moved[:, warp.Y], edges(144)[:, warp.Y])


def test_crop_enlarges(smooth):
    def cut(edges_22W, height, rng):
        edges_22W[warp.TOP, warp.Y] += 10

    result = warp.warp(smooth, [cut], np.random.default_rng(0))
    assert np.abs(result.astype(int) - cv2.resize(smooth[10:], (120, 48)).astype(int)).max() <= 4
