"""Projective maps in plain scalar arithmetic (no LAPACK, whose kernels differ between processors).

The square-to-quad formulas are those of Heckbert, "Fundamentals of Texture Mapping and Image Warping" (1989), 2.2.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float, float, float, float]


def rotation(degrees: float) -> Point:
    """(cos, sin) of an angle, rounded so that the last bit of the C library does not matter."""
    radians = math.radians(degrees)
    return round(math.cos(radians), 6), round(math.sin(radians), 6)


def turn(points: Sequence[Point], degrees: float, centre: Point) -> list[Point]:
    """The points rotated about the centre, clockwise on an image (y down)."""
    cos, sin = rotation(degrees)
    cx, cy = centre
    return [(cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos) for x, y in points]


def rectangle(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """Corners clockwise from the top left."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _square_to_quad(quad: Sequence[Point]) -> Matrix:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    denominator = dx1 * dy2 - dx2 * dy1
    g = (sx * dy2 - dx2 * sy) / denominator
    h = (dx1 * sy - sx * dy1) / denominator
    return (x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1.0)


def _adjugate(m: Matrix) -> Matrix:
    a, b, c, d, e, f, g, h, i = m
    return (
        e * i - f * h, c * h - b * i, b * f - c * e,
        f * g - d * i, a * i - c * g, c * d - a * f,
        d * h - e * g, b * g - a * h, a * e - b * d,
    )  # fmt: skip


def quad_coefficients(source: tuple[float, float, float, float], quad: Sequence[Point]) -> tuple[float, ...]:
    """The 8 coefficients of `Image.transform(..., PERSPECTIVE)` that carry a source box onto a quad of the output.

    Args:
        source: left, top, right, bottom in the source picture, px.
        quad: four corners in the output, clockwise from the top left, px.
    """
    left, top, right, bottom = source
    a, b, c, d, e, f, g, h, i = _adjugate(_square_to_quad(quad))
    width, height = right - left, bottom - top
    row_x = (width * a + left * g, width * b + left * h, width * c + left * i)
    row_y = (height * d + top * g, height * e + top * h, height * f + top * i)
    return tuple(round(value / i, 9) for value in (*row_x, *row_y, g, h))
