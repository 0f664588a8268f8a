"""The input of a detector equals PaddleX's bit by bit."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from ocrflow.errors import DataError
from ocrflow.inference.det_preprocess import MEAN, STD, SideLimit, input_size, normalize, resize

SIZES = [
    (1, 1),
    (20, 30),
    (10, 60),
    (33, 31),
    (480, 640),
    (481, 700),
    (1000, 700),
    (959, 961),
    (2000, 1500),
    (16, 5000),
]


@pytest.fixture(scope="module")
def paddlex():
    return importlib.import_module("paddlex.inference.models.text_detection.processors")


@pytest.mark.parametrize("longest_side", [320, 960])
@pytest.mark.parametrize("hw", SIZES)
def test_equals_paddlex(paddlex, hw, longest_side):
    image = np.random.default_rng(sum(hw)).integers(0, 256, (*hw, 3), dtype=np.uint8)
    theirs = paddlex.DetResizeForTest(limit_side_len=longest_side, limit_type="max", resize_long=longest_side)
    norm = paddlex.NormalizeImage(mean=[*MEAN], std=[*STD], scale="1./255.", order="hwc")
    expected = norm(theirs([image])[0])[0].transpose(2, 0, 1)
    ours = normalize(resize(image, longest_side))
    assert ours.dtype == np.float32
    assert ours.shape[1:] == input_size(*hw, longest_side)
    assert np.array_equal(ours, expected)


@pytest.mark.parametrize("limit", [SideLimit(64, "min"), SideLimit(736, "min", 960), SideLimit(640, "resize_long")])
@pytest.mark.parametrize("hw", SIZES)
def test_every_kind_of_limit_equals_paddlex(paddlex, hw, limit):
    theirs = paddlex.DetResizeForTest(limit_side_len=limit.pixels, limit_type=limit.kind, max_side_limit=limit.most)
    image = np.random.default_rng(sum(hw)).integers(0, 256, (*hw, 3), dtype=np.uint8)
    assert np.array_equal(resize(image, limit), theirs([image])[0][0])


def test_a_side_is_never_above_4000():
    assert input_size(40, 9000, 4000) == (32, 4000)
    assert input_size(40, 9000, 8000) == (32, 4000)


def test_an_image_of_the_right_size_is_not_copied():
    image = np.zeros((64, 96, 3), np.uint8)
    assert resize(image) is image


def test_normalizes_into_a_given_array():
    image = np.random.default_rng(0).integers(0, 256, (32, 64, 3), dtype=np.uint8)
    out = np.empty((3, 32, 64), np.float32)
    assert normalize(image, out) is out
    assert np.array_equal(out, normalize(image))


@pytest.mark.parametrize("shape", [(5, 5), (5, 5, 4), (0, 5, 3)])
def test_what_is_no_image_is_refused(shape):
    with pytest.raises(DataError, match="must be H x W x 3"):
        resize(np.zeros(shape, np.uint8))
