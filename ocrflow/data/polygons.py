"""Geometry of polygons in images: sequences of (x, y) in pixels, x to the right and y downwards, the last point joined
to the first.

Clockwise is meant as a viewer of the image sees it. All functions take any number of points and change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import atan2, dist, sqrt

from ocrflow.data.crossings import self_intersects

Point = tuple[float, float]
Points = Sequence[Point]


def area(points: Points) -> float:
    """Signed area in square pixels (shoelace formula): positive when the points run clockwise.

    Lobes of a self-intersecting polygon that run in opposite directions cancel each other.
    """
    if len(points) == 4:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
        return ((cx - ax) * (dy - by) - (dx - bx) * (cy - ay)) / 2
    if not points:
        return 0.0
    x0, y0 = points[0]
    shifted = [(x - x0, y - y0) for x, y in points]
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(shifted)) / 2


def is_clockwise(points: Points) -> bool:
    """Whether the points run clockwise; False also without an area."""
    return area(points) > 0


def bounds(points: Points) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of at least one point."""
    if len(points) == 4:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
        return min(ax, bx, cx, dx), min(ay, by, cy, dy), max(ax, bx, cx, dx), max(ay, by, cy, dy)
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def sides(points: Points) -> tuple[float, float]:
    """Short and long side, in pixels, of the rectangle that has the same area and the same perimeter.

    For a rectangle, however rotated, these are its own sides; for a curved ribbon of text, its height and its length.
    For a round polygon, for which there is no such rectangle, both are the root of its area.
    """
    if not points:
        return 0.0, 0.0
    if len(points) == 4:
        a, b, c, d = points
        half = (dist(a, b) + dist(b, c) + dist(c, d) + dist(d, a)) / 2
    else:
        half = (sum(dist(a, b) for a, b in pairwise(points)) + dist(points[-1], points[0])) / 2
    size = abs(area(points))
    discriminant = half * half - 4 * size
    if discriminant <= 0:
        return sqrt(size), sqrt(size)
    root = half + sqrt(discriminant)
    return 2 * size / root, root / 2


def min_side(points: Points) -> float:
    """The short one of `sides`: the height of a line of text, whatever its direction."""
    return sides(points)[0]


def clipped(points: Points, width: float, height: float) -> tuple[Point, ...]:
    """The part inside of the image from (0, 0) to (width, height); empty when there is none.

    Sutherland and Hodgman's algorithm: a rectangle with upright sides keeps its four points, other polygons may get
    more or fewer. Points inside keep their values; the order stays, and begins as near to the first point as it can.
    """
    result = list(points)
    for axis, limit, sign in ((0, 0, 1), (0, width, -1), (1, 0, 1), (1, height, -1)):
        result = _cut(result, _distance(axis, limit, sign), axis, limit)
    result = [point for point, after in pairwise([*result, *result[:1]]) if point != after]
    if not area(result):
        return ()
    first = min(range(len(result)), key=lambda index: dist(result[index], points[0]))
    return tuple(result[first:] + result[:first])


def _distance(axis: int, limit: float, sign: int) -> Callable[[Point], float]:
    return lambda point: sign * (point[axis] - limit)


def _cut(points: list[Point], inside: Callable[[Point], float], axis: int, limit: float) -> list[Point]:
    """The points where `inside` is at least 0, and the crossings, where it is 0."""
    result: list[Point] = []
    for point, after in pairwise([*points, *points[:1]]):
        of_point, of_after = inside(point), inside(after)
        if of_point >= 0:
            result.append(point)
        if of_point * of_after < 0:
            here, there = point[1 - axis], after[1 - axis]
            other = here if here == there else here + of_point / (of_point - of_after) * (there - here)
            result.append((limit, other) if axis == 0 else (other, limit))
    return result


def clockwise_from_top_left(points: Points) -> tuple[Point, ...]:
    """The same points clockwise, the one with the smallest x + y first.

    Four points whose sides cross are ordered around their centre. More points keep their order or are reversed.
    """
    ordered = list(points)
    if len(ordered) == 4 and self_intersects(ordered):
        x, y = sum(point[0] for point in ordered) / 4, sum(point[1] for point in ordered) / 4
        ordered.sort(key=lambda point: atan2(point[1] - y, point[0] - x))
    if area(ordered) < 0:
        ordered.reverse()
    first = min(range(len(ordered)), key=lambda index: (sum(ordered[index]), ordered[index][1]), default=0)
    return tuple(ordered[first:] + ordered[:first])
