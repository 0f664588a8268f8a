"""Crops of regions: drawn rectangles must come out upright, in reading direction, of the right size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocrflow.data.importers.crops import CannotCrop, crop
from ocrflow.data.importers.sample import Points

COLOURS = {"red": (0, 0, 255), "green": (0, 255, 0), "blue": (255, 0, 0), "white": (255, 255, 255)}


@pytest.fixture
def sign() -> np.ndarray:
    """100 x 200 black with a sign at x 20..140, y 30..70: red top left, green top right, blue and white below."""
    image = np.zeros((100, 200, 3), np.uint8)
    for name, (left, top) in {"red": (20, 30), "green": (80, 30), "white": (80, 50), "blue": (20, 50)}.items():
        image[top : top + 20, left : left + 60] = COLOURS[name]
    return image


def quarters(cut_HWC: np.ndarray) -> list[str]:
    """The colours of top left, top right, bottom right, bottom left."""
    height, width = cut_HWC.shape[:2]
    spots = [(0.25, 0.25), (0.25, 0.75), (0.75, 0.75), (0.75, 0.25)]
    pixels = [cut_HWC[int(y * height), int(x * width)].astype(int) for y, x in spots]
    return [min(COLOURS, key=lambda name: np.abs(pixel - COLOURS[name]).sum()) for pixel in pixels]


UPRIGHT = ((20, 30), (140, 30), (140, 70), (20, 70))


def test_an_upright_rectangle_is_cut_exactly(sign: np.ndarray) -> None:
    cut = crop(sign, UPRIGHT)
    assert cut is not None
    assert cut.shape == (40, 120, 3)
    assert np.array_equal(cut, sign[30:70, 20:140])


def test_the_first_corner_gives_the_reading_direction(sign: np.ndarray) -> None:
    cut = crop(sign, UPRIGHT[2:] + UPRIGHT[:2])
    assert cut is not None
    assert quarters(cut) == ["white", "blue", "red", "green"]


def test_corners_that_run_the_other_way_do_not_mirror_the_text(sign: np.ndarray) -> None:
    cut = crop(sign, (UPRIGHT[0], UPRIGHT[3], UPRIGHT[2], UPRIGHT[1]))
    assert cut is not None
    assert quarters(cut) == ["red", "green", "white", "blue"]


@pytest.mark.parametrize("angle", [-40, -10, 15, 60])
def test_a_rotated_sign_comes_out_upright(sign: np.ndarray, angle: float) -> None:
    matrix = cv2.getRotationMatrix2D((80, 50), angle, 1)
    matrix[:, 2] += 60
    rotated = cv2.warpAffine(sign, matrix, (320, 260))
    corners = (matrix @ np.array([(*point, 1) for point in UPRIGHT]).T).T
    cut = crop(rotated, tuple((float(x), float(y)) for x, y in corners))
    assert cut is not None
    assert cut.shape[0] in (39, 40)
    assert cut.shape[1] in (119, 120)
    assert quarters(cut) == ["red", "green", "white", "blue"]


def test_a_trapezium_takes_its_longer_sides(sign: np.ndarray) -> None:
    cut = crop(sign, ((40, 30), (120, 30), (140, 70), (20, 70)))
    assert cut is not None
    assert cut.shape == (44, 120, 3)


def test_a_tall_crop_is_turned_counter_clockwise(sign: np.ndarray) -> None:
    cut = crop(sign, ((20, 30), (40, 30), (40, 70), (20, 70)))
    assert cut is not None
    assert cut.shape == (20, 40, 3)
    assert quarters(cut) == ["red", "blue", "blue", "red"]


def test_of_a_polygon_the_smallest_rectangle_is_taken(sign: np.ndarray) -> None:
    cut = crop(sign, ((20, 30), (80, 30), (140, 30), (140, 70), (80, 70), (20, 70), (20, 70)))
    assert cut is not None
    assert abs(cut.shape[0] - 40) <= 1
    assert abs(cut.shape[1] - 120) <= 1
    assert quarters(cut) == ["red", "green", "white", "blue"]


def test_four_points_with_a_dent_are_taken_as_a_polygon(sign: np.ndarray) -> None:
    cut = crop(sign, ((20, 30), (140, 30), (60, 45), (20, 70)))
    assert cut is not None
    assert cut.shape[0] >= 30


def test_a_tiny_region_gives_none(sign: np.ndarray) -> None:
    assert crop(sign, ((20, 30), (60, 30), (60, 33), (20, 33))) is None


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (((300, 30), (400, 30), (400, 70), (300, 70)), "outside"),
        (((-50, -50), (-10, -50), (-10, -20), (-50, -20)), "outside"),
        (((20, 30), (140, 30), (20, 70), (140, 70)), "cross"),
        (((20, 30), (140, 30), (140, 30), (20, 30)), "no area"),
        (((0, 0), (900_000, 0), (900_000, 900_000), (0, 900_000)), "more than any image"),
    ],
)
def test_what_cannot_be_cut_says_why(sign: np.ndarray, points: Points, message: str) -> None:
    with pytest.raises(CannotCrop, match=message):
        crop(sign, points)
