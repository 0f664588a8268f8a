"""Sample pictures with polygons."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageColor

from ocrflow.data.boxes import Box
from ocrflow.report.detection_samples import COLOURS, colour_of, draw_boxes

RECTANGLE = ((20, 30), (120, 30), (120, 60), (20, 60))


def white(width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), "white")


def is_colour(drawn: Image.Image, colour: str) -> np.ndarray:
    """Where the picture has this colour: bool H x W."""
    return (np.asarray(drawn) == ImageColor.getrgb(colour)).all(axis=2)


def test_a_polygon_is_drawn_in_its_place() -> None:
    drawn = draw_boxes(white(400, 300), [Box("a", RECTANGLE)])
    where = is_colour(drawn, COLOURS[0])[10:910, 10:1210]
    assert where[88:93, 80:340].any(axis=0).all() and where[178:183, 80:340].any(axis=0).all()
    assert where[95:175, 358:363].any(axis=1).all()
    assert not where[100:170, 70:350].any() and not where[:85].any() and not where[190:].any()


def test_ignored_boxes_are_grey_and_dashed() -> None:
    full = is_colour(draw_boxes(white(400, 300), [Box("a", RECTANGLE)]), COLOURS[0])
    grey = is_colour(draw_boxes(white(400, 300), [Box("###", RECTANGLE)]), "#777777")
    top, full_top = grey[95:105, 110:350].any(axis=0), full[95:105, 110:350].any(axis=0)
    assert full_top.all() and 0.4 < top.mean() < 0.8


def test_neighbours_have_different_colours() -> None:
    names = [colour_of(number, Box("a", RECTANGLE)) for number in range(1, 14)]
    assert all(a != b for a, b in pairwise(names)) and set(names) == set(COLOURS)


@pytest.mark.parametrize(("size", "beside"), [((300, 400), True), ((400, 300), False), ((5, 2000), True)])
def test_the_list_stands_beside_or_below(size: tuple[int, int], beside: bool) -> None:
    few, many = (draw_boxes(white(*size), [Box("text", RECTANGLE)] * count) for count in (1, 100))
    assert (few.width > few.height * size[0] / size[1] + 40) is beside
    assert (many.width > few.width) is beside and (many.height > few.height) is not beside


@pytest.mark.parametrize("size", [(4, 4), (10_000, 4), (4, 10_000), (3000, 2000)])
def test_any_image_size(size: tuple[int, int]) -> None:
    corner = ((0, 0), (size[0], 0), (size[0], size[1]), (0, size[1]))
    drawn = draw_boxes(white(*size), [Box("a", corner)])
    assert 1200 < max(drawn.size) < 1300


@pytest.mark.parametrize(
    "points",
    [
        ((-1e6, -1e6), (1e6, -1e6), (1e6, 1e6), (-1e6, 1e6)),
        ((500, 500), (600, 500), (600, 600), (500, 600)),
        ((5, 5), (5, 5), (5, 5), (5, 5)),
        ((0, 0), (40, 0), (0, 20), (40, 20)),
        tuple((20 + x, 10 + x % 2) for x in range(50)),
    ],
    ids=["around", "outside", "point", "bow-tie", "many points"],
)
@pytest.mark.parametrize("text", ["", "###", "川A1\n\0", "x" * 1000, "\ud800", "مرحبا"])
def test_any_box(points: tuple[tuple[float, float], ...], text: str) -> None:
    start = time.process_time()
    drawn = draw_boxes(white(400, 300), [Box(text, points)])
    assert drawn.width < 1400 and drawn.height < 1000
    assert time.process_time() - start < 3


def test_many_boxes() -> None:
    start = time.process_time()
    drawn = draw_boxes(white(400, 300), [Box(f"text {number}", RECTANGLE) for number in range(20_000)])
    assert drawn.height < 5000
    assert time.process_time() - start < 10


def test_the_image_stays_as_it_is() -> None:
    image = white(400, 300)
    draw_boxes(image, [Box("a", RECTANGLE)])
    assert np.asarray(image).min() == 255
    assert draw_boxes(image, []).size == (1230, 930)
