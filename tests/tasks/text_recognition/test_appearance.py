"""Augmentation of light, sharpness and sensor."""

from __future__ import annotations

import numpy as np
import pytest

from ocrflow.tasks.text_recognition import appearance
from ocrflow.tasks.text_recognition.augment import APPEARANCES

FUNCTIONS = [function for _, function in APPEARANCES]
SHAPES = [(4, 4, 3), (48, 120, 3), (48, 3200, 3), (300, 4, 3), (4, 300, 3), (48, 1, 3)]


def picture(shape: tuple[int, ...]) -> np.ndarray:
    """Dark strokes on a light ground with some colour."""
    rng = np.random.default_rng(3)
    image = np.full(shape, (200, 210, 190), np.uint8)
    image[:, :: max(2, shape[1] // 8)] = (30, 60, 20)
    return np.clip(image + rng.integers(-20, 20, shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_shape_and_type_stay_and_the_input_too(function, shape):
    image = picture(shape)
    before = image.copy()
    for seed in range(5):
        result = function(image, np.random.default_rng(seed))
        assert result.shape == shape and result.dtype == np.uint8
    assert np.array_equal(image, before)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_each_does_something_and_is_repeatable(function):
    image = picture((48, 120, 3))
    results = [function(image, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert np.array_equal(results[0], results[1])
    assert any(not np.array_equal(result, image) for result in results)


def test_noise_has_the_strength_it_says_and_no_bias():
    image = np.full((48, 400, 3), 128, np.uint8)
    grains = [appearance.noise(image, np.random.default_rng(seed)).astype(float) - 128 for seed in range(40)]
    deviations = [grain.std() for grain in grains]
    assert 1.8 < min(deviations) < 5 and 12 < max(deviations) < 16.5
    assert abs(np.mean(grains)) < 0.2
    assert not np.array_equal(grains[0] / deviations[0], grains[1] / deviations[1])


def test_colour_keeps_the_contrast_of_the_text():
    image = picture((48, 120, 3))
    light = image[..., 1] > 128
    for seed in range(50):
        grey = appearance.colour(image, np.random.default_rng(seed)).mean(axis=2)
        assert grey[light].mean() > grey[~light].mean() + 25


def test_colour_can_be_grey():
    spreads = [
        np.ptp(appearance.colour(np.full((9, 9, 3), (90, 120, 150), np.uint8), np.random.default_rng(seed))[0, 0])
        for seed in range(80)
    ]
    assert min(spreads) < 12 and max(spreads) > 40


def test_shadow_is_on_one_side():
    image = np.full((48, 200, 3), 200, np.uint8)
    sides = [appearance.shadow(image, np.random.default_rng(seed))[:, [0, -1]].mean(axis=(0, 2)) for seed in range(40)]
    assert all(max(side) > 195 for side in sides)
    assert {bool(left < right) for left, right in sides} == {True, False}
    assert 75 < min(min(side) for side in sides) < 110
