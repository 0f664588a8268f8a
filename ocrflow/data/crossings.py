"""Do sides of a polygon cross each other?"""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]

_LOOP_UP_TO = 64  # points; below it a plain loop is faster than numpy
_ALL_PAIRS_UP_TO = 1000  # points; all pairs of sides of more would take too long


def self_intersects(points: Sequence[Point]) -> bool:
    """Whether two sides of the closed polygon cross; sides that only touch or overlap do not.

    Above 1000 points shapely decides, for which overlapping sides cross too.
    """
    count = len(points)
    if count == 4:
        a, b, c, d = points
        return _cross(a, b, c, d) or _cross(b, c, d, a)
    if count <= _LOOP_UP_TO:
        sides = list(zip(points, [*points[1:], *points[:1]], strict=True))
        return any(_cross(*sides[i], *sides[j]) for i in range(count) for j in range(i + 2, count))
    if count <= _ALL_PAIRS_UP_TO:
        return _any_cross(points)
    from shapely import Polygon, is_valid_reason

    return bool(is_valid_reason(Polygon(points)).startswith("Self-intersection"))


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether a-b and c-d have a common point that is inside of both."""
    ax, ay = a
    cx, cy = c
    abx, aby = b[0] - ax, b[1] - ay
    if (abx * (cy - ay) - aby * (cx - ax)) * (abx * (d[1] - ay) - aby * (d[0] - ax)) >= 0:
        return False
    cdx, cdy = d[0] - cx, d[1] - cy
    return (cdx * (ay - cy) - cdy * (ax - cx)) * (cdx * (b[1] - cy) - cdy * (b[0] - cx)) < 0


def _any_cross(points: Sequence[Point]) -> bool:
    """`_cross` for each pair of sides, a side against all later ones at a time."""
    import numpy as np

    start_K2 = np.asarray(points, np.float64)
    end_K2 = np.roll(start_K2, -1, axis=0)
    x, y = start_K2.T
    end_x, end_y = end_K2.T
    dx, dy = end_x - x, end_y - y
    for i in range(len(points) - 2):
        later = slice(i + 2, None)
        of_start = dx[i] * (y[later] - y[i]) - dy[i] * (x[later] - x[i])
        of_end = dx[i] * (end_y[later] - y[i]) - dy[i] * (end_x[later] - x[i])
        of_a = dx[later] * (y[i] - y[later]) - dy[later] * (x[i] - x[later])
        of_b = dx[later] * (end_y[i] - y[later]) - dy[later] * (end_x[i] - x[later])
        if np.any((of_start * of_end < 0) & (of_a * of_b < 0)):
            return True
    return False
