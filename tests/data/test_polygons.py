"""Geometry of polygons."""

from __future__ import annotations

from itertools import permutations
from math import cos, hypot, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrflow.data.polygons import (
    Point,
    area,
    bounds,
    clipped,
    clockwise_from_top_left,
    is_clockwise,
    min_side,
    sides,
)

RECTANGLE = [(2, 3), (12, 3), (12, 8), (2, 8)]
HEXAGON = [(2, 3), (7, 3), (12, 3), (12, 8), (7, 8), (2, 8)]
COORDINATE = st.integers(-30, 130)


def turned(points: list[Point], degrees: float) -> list[Point]:
    c, s = cos(degrees * pi / 180), sin(degrees * pi / 180)
    return [(c * x - s * y, s * x + c * y) for x, y in points]


@pytest.mark.parametrize("points", [RECTANGLE, HEXAGON])
def test_area_is_positive_clockwise(points: list[Point]) -> None:
    assert area(points) == 50 and is_clockwise(points)
    assert area(points[::-1]) == -50 and not is_clockwise(points[::-1])
    assert bounds(points) == (2, 3, 12, 8)


def test_no_area() -> None:
    assert area([(0, 0), (5, 5), (10, 10), (2, 2)]) == 0 == area([]) == area([(1, 1)])
    assert not is_clockwise([(0, 0)] * 4)
    assert area([(0, 0), (10, 0), (0, 5), (10, 5)]) == 0


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 200])
@pytest.mark.parametrize("points", [RECTANGLE, HEXAGON, RECTANGLE[::-1]])
def test_sides_of_a_rotated_rectangle(points: list[Point], degrees: float) -> None:
    assert sides(turned(points, degrees)) == pytest.approx((5, 10))
    assert min_side(turned(points, degrees)) == pytest.approx(5)


def test_sides_of_other_shapes() -> None:
    arc = [(50 - 50 * cos(step * pi / 20), 50 - 50 * sin(step * pi / 20)) for step in range(21)]
    inner = [(50 - 40 * cos(step * pi / 20), 50 - 40 * sin(step * pi / 20)) for step in range(21)]
    assert sides(arc + inner[::-1]) == pytest.approx((10, 45 * pi), rel=0.02)
    assert sides([(0, 0), (1000, 0), (1000, 0.01), (0, 0.01)]) == pytest.approx((0.01, 1000))
    assert sides([(3, 3)] * 4) == (0, 0) == sides([])
    circle = [(10 * cos(step * pi / 30), 10 * sin(step * pi / 30)) for step in range(60)]
    assert min_side(circle) == pytest.approx(10 * pi**0.5, rel=0.01)


def test_clipping() -> None:
    assert clipped(RECTANGLE, 100, 100) == tuple(RECTANGLE)
    assert clipped([(-5, -5), (50, -5), (50, 20), (-5, 20)], 30, 10) == ((0, 0), (30, 0), (30, 10), (0, 10))
    assert clipped(RECTANGLE, 7, 100) == ((2, 3), (7, 3), (7, 8), (2, 8))
    assert all(type(number) is int for point in clipped(RECTANGLE, 7, 5) for number in point)
    assert clipped(RECTANGLE, 2, 100) == () == clipped([(200, 3), (210, 3), (210, 8), (200, 8)], 100, 100)
    assert clipped([], 5, 5) == ()
    assert clipped([(-5, 5), (5, -5), (15, 5), (5, 15)], 10, 10) == ((0, 0), (10, 0), (10, 10), (0, 10))
    assert len(clipped([(-2, 5), (5, -2), (12, 5), (5, 12)], 10, 10)) == 8


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=4, max_size=8))
def test_clipping_agrees_with_shapely(points: list[Point]) -> None:
    from shapely import Polygon, box

    part = clipped(points, 100, 80)
    assert all(0 <= x <= 100 and 0 <= y <= 80 for x, y in part)
    if Polygon(points).is_valid:
        assert abs(area(part)) == pytest.approx(Polygon(points).intersection(box(0, 0, 100, 80)).area, abs=1e-6)
        assert area(points) == pytest.approx(area(points[::-1]) * -1)


@pytest.mark.parametrize("points", list(permutations(RECTANGLE)))
def test_any_order_of_four_corners_becomes_the_conventional_one(points: tuple[Point, ...]) -> None:
    assert clockwise_from_top_left(points) == tuple(RECTANGLE)


def test_the_order_of_more_points_stays() -> None:
    expected = tuple(HEXAGON)
    assert clockwise_from_top_left(HEXAGON[2:] + HEXAGON[:2]) == expected
    assert clockwise_from_top_left(HEXAGON[::-1]) == expected
    assert clockwise_from_top_left([]) == ()


def test_slanted_text_begins_at_its_top_left() -> None:
    slanted = turned(RECTANGLE, 20)
    assert clockwise_from_top_left(slanted[1:] + slanted[:1]) == tuple(slanted)
    diamond = [(5, 0), (10, 5), (5, 10), (0, 5)]
    assert clockwise_from_top_left(diamond[::-1]) == tuple(diamond)
    assert hypot(*slanted[0]) == pytest.approx(hypot(*RECTANGLE[0]))
