"""The input of the network is PaddleX's, bit for bit."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from ocrflow.errors import DataError
from ocrflow.inference.preprocess import input_width, resize_normalize, resize_rows

SIZES = [
    (1, 1),
    (1, 67),
    (48, 3200),
    (48, 3201),
    (40, 9000),
    (900, 7),
    (94, 24),
    (24, 94),
    (31, 203),
    (48, 320),
    (7, 47),
]


@pytest.fixture(scope="module")
def paddlex_resize():
    return importlib.import_module("paddlex.inference.models.text_recognition.processors").OCRReisizeNormImg


@pytest.mark.parametrize("base_width", [320, 160, 94, 97])
def test_equals_paddlex(paddlex_resize, base_width):
    rng = np.random.default_rng(1)
    theirs = paddlex_resize([3, 48, base_width])
    for height, width in [*SIZES, *rng.integers(1, 700, (40, 2)).tolist()]:
        image_HWC = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        np.testing.assert_array_equal(resize_normalize(image_HWC, base_width), theirs([image_HWC])[0])


def test_width_of_input_and_content():
    assert input_width(48, 100, 320) == (320, 100)
    assert input_width(24, 94, 160) == (188, 188)
    assert input_width(94, 24, 160) == (160, 13)
    assert input_width(48, 3201, 320) == (3200, 3200)
    assert input_width(1, 1, 320) == (320, 48)
    assert input_width(64, 64, 64, rows=32) == (64, 32)


def test_training_rows_give_the_same_input():
    image_HWC = np.random.default_rng(2).integers(0, 256, (37, 81, 3), dtype=np.uint8)
    padded_width, content_width = input_width(37, 81, 160)
    rows_HWC = resize_rows(image_HWC, content_width)
    assert rows_HWC.shape == (48, content_width, 3)
    assert rows_HWC.dtype == np.uint8
    expected_CHW = (rows_HWC.astype(np.float32).transpose(2, 0, 1) / 255 - 0.5) / 0.5
    input_CHW = resize_normalize(image_HWC, 160)
    assert input_CHW.shape == (3, 48, padded_width)
    np.testing.assert_array_equal(input_CHW[:, :, :content_width], expected_CHW)
    assert not input_CHW[:, :, content_width:].any()


@pytest.mark.parametrize("shape", [(10, 10), (10, 10, 4), (0, 5, 3), (5, 0, 3)])
def test_refuses_what_is_no_image(shape):
    with pytest.raises(DataError, match="H x W x 3"):
        resize_normalize(np.zeros(shape, np.uint8), 320)
