"""Rectangles and quadrilaterals as labelling tools draw them, in pixels, x to the right and y downwards."""

from __future__ import annotations

from math import cos, radians, sin

from ocrflow.data.importers.sample import Points
from ocrflow.data.polygons import area, bounds, clockwise_from_top_left, self_intersects


def rectangle(left: float, top: float, right: float, bottom: float) -> Points:
    """Top left, top right, bottom right, bottom left of an upright box; any two opposite corners may be given."""
    left, right = sorted((left, right))
    top, bottom = sorted((top, bottom))
    return (left, top), (right, top), (right, bottom), (left, bottom)


def turned(points: Points, pivot: tuple[float, float], degrees: float) -> Points:
    """The points turned clockwise, as a viewer sees it, about the pivot."""
    if not degrees % 360:
        return points
    cx, cy = pivot
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return tuple((cx + c * (x - cx) - s * (y - cy), cy + s * (x - cx) + c * (y - cy)) for x, y in points)


def middle(points: Points) -> tuple[float, float]:
    """The middle of the points' upright bounds."""
    left, top, right, bottom = bounds(points)
    return (left + right) / 2, (top + bottom) / 2


def from_top_left(points: Points) -> Points:
    """A quadrilateral of a tool that orders its corners as they were clicked: clockwise, the top left one first.

    Other polygons, and those whose sides cross or that have no area, stay as they are.
    """
    if len(points) != 4 or self_intersects(points) or not area(points):
        return points
    return clockwise_from_top_left(points)


def is_upright(points: Points) -> bool:
    """Whether the four points are an upright box from its top left corner clockwise."""
    return len(points) == 4 and points == rectangle(*points[0], *points[2])
