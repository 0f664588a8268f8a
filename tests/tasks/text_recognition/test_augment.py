"""Augmentation of text crops: what comes together."""

from __future__ import annotations

import numpy as np
import pytest

from ocrflow.tasks.text_recognition.augment import augment

SHAPES = [(4, 4, 3), (48, 120, 3), (48, 3200, 3), (200, 4, 3), (4, 300, 3), (48, 1, 3)]


def picture(shape: tuple[int, ...]) -> np.ndarray:
    """Dark strokes on a light ground with some colour."""
    rng = np.random.default_rng(3)
    image = np.full(shape, (200, 210, 190), np.uint8)
    image[:, :: max(2, shape[1] // 8)] = (30, 60, 20)
    return np.clip(image + rng.integers(-20, 20, shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("shape", SHAPES)
def test_all_together(shape):
    image = picture(shape)
    before = image.copy()
    first, again, other = (augment(image, 1.0, np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert first.shape == shape and first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(image, before)


def test_strength_0_is_the_identity():
    image = picture((48, 120, 3))
    assert all(np.array_equal(augment(image, 0.0, np.random.default_rng(seed)), image) for seed in range(20))


def test_strength_is_how_often():
    image = picture((16, 16, 3))
    changed = [
        np.mean(
            [not np.array_equal(augment(image, strength, np.random.default_rng(seed)), image) for seed in range(60)]
        )
        for strength in (0.02, 0.2, 1.0)
    ]
    assert changed[0] < 0.4 < changed[1] < changed[2] == 1.0


def test_text_stays_readable():
    """The mean over many augmented pictures still shows where the strokes are."""
    image = picture((48, 120, 3))
    mean = np.mean([augment(image, 0.5, np.random.default_rng(seed)) for seed in range(60)], axis=0)
    assert np.corrcoef(mean.ravel(), image.ravel())[0, 1] > 0.4
