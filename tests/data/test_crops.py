"""Cutting out a text: equal to PaddleX, also where an image is too long for OpenCV."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrflow.data.crops import crop_size, upright


@pytest.mark.parametrize("seed", range(6))
def test_equals_paddlex(seed: int) -> None:
    from paddlex.inference.pipelines.components import CropByPolys

    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (120, 200, 3), dtype=np.uint8)
    size = (float(rng.uniform(5, 90)), float(rng.uniform(5, 90)))
    corners = cv2.boxPoints(((float(rng.uniform(0, 200)), float(rng.uniform(0, 120))), size, float(rng.uniform(0, 90))))
    assert np.array_equal(upright(image, corners), CropByPolys("quad").get_rotate_crop_image(image, corners))


def test_size_is_that_of_the_longer_sides() -> None:
    corners = np.array([[20, 0], [80, 0], [100, 30], [0, 30]], np.float32)
    assert crop_size(corners) == (100, 36)


def test_an_image_too_long_for_opencv() -> None:
    image = np.zeros((60, 40_000, 3), np.uint8)
    image[20:40, 39_000:39_100] = 200
    cut = upright(image, np.array([[39_000, 20], [39_100, 20], [39_100, 40], [39_000, 40]], np.float32))
    assert cut.shape == (20, 100, 3)
    assert (cut == 200).all()


def test_a_box_too_long_for_opencv() -> None:
    image = np.full((60, 40_000, 3), 7, np.uint8)
    cut = upright(image, np.array([[0, 20], [39_999, 20], [39_999, 40], [0, 40]], np.float32))
    assert max(cut.shape) < 32_767
    assert (cut == 7).all()
