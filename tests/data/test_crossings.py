"""Sides that cross."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from itertools import pairwise
from math import cos, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrflow.data.crossings import self_intersects

COORDINATE = st.integers(0, 20)


def circle(count: int) -> list[tuple[float, float]]:
    return [(100 + 90 * cos(2 * pi * step / count), 100 + 90 * sin(2 * pi * step / count)) for step in range(count)]


def test_four_points() -> None:
    assert not self_intersects([(0, 0), (10, 0), (10, 5), (0, 5)])
    assert self_intersects([(0, 0), (10, 0), (0, 5), (10, 5)])
    assert self_intersects([(0, 0), (10, 5), (10, 0), (0, 5)])
    assert not self_intersects([(0, 0), (10, 0), (5, 2), (5, 9)])


@pytest.mark.parametrize(
    "points",
    [[], [(0, 0)], [(0, 0), (1, 1)], [(0, 0), (5, 5), (9, 0)], [(1, 1)] * 4, [(0, 0), (5, 5), (10, 10), (2, 2)]],
)
def test_points_and_lines_do_not_cross(points: list[tuple[float, float]]) -> None:
    assert not self_intersects(points)


def test_a_spike_and_a_touching_point_are_no_crossing() -> None:
    assert not self_intersects([(0, 0), (10, 0), (10, 5), (15, 5), (10, 5), (10, 10), (0, 10)])
    assert not self_intersects([(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)])


@pytest.mark.parametrize("count", [5, 12, 63, 64, 65, 400, 1000, 1001, 20_000])
def test_polygons_of_any_length(count: int) -> None:
    points = circle(count)
    assert not self_intersects(points)
    assert not self_intersects(points[::-1])
    points[1], points[count // 2] = points[count // 2], points[1]
    assert self_intersects(points)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=4, max_size=9))
def test_a_valid_polygon_of_shapely_has_no_crossing(points: list[tuple[float, float]]) -> None:
    from shapely import LineString, Polygon

    found = self_intersects(points)
    if Polygon(points).is_valid:
        assert not found
    closed = [*points, points[0]]
    segments = [LineString(pair) for pair in pairwise(closed) if pair[0] != pair[1]]
    crossing = any(a.crosses(b) and _inside(a, b) for index, a in enumerate(segments) for b in segments[index + 1 :])
    assert found == crossing


def _inside(a, b) -> bool:
    """Whether the common point is an end of neither; whole coordinates keep the distances clear of rounding."""
    from shapely import Point

    point = a.intersection(b)
    return min(point.distance(Point(end)) for side in (a, b) for end in side.coords) > 1e-6


def test_both_ways_of_testing_all_pairs_agree() -> None:
    from ocrflow.data.crossings import _any_cross

    dice = random.Random(5)
    answers = []
    for _ in range(300):
        points = [(dice.randint(0, 12), dice.randint(0, 12)) for _ in range(dice.randint(5, 7))]
        answers.append(self_intersects(points))
        assert _any_cross(points) == answers[-1]
    assert 0 < sum(answers) < 300


@pytest.mark.parametrize("count", [64, 1000, 100_000])
def test_hostile_polygons_cost_little(count: int) -> None:
    spikes = [(index % 2 * 1000, index / 1000) for index in range(count)]
    start = time.process_time()
    self_intersects(spikes)
    assert time.process_time() - start < 3


def test_shapely_is_imported_for_long_polygons_only() -> None:
    code = (
        "import sys\n"
        "from ocrflow.data.polygons import self_intersects\n"
        "self_intersects([(0, 0), (9, 0), (9, 5), (5, 9), (0, 5)])\n"
        "assert 'shapely' not in sys.modules and 'numpy' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
