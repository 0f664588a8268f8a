"""The projective map of the generator carries corners onto corners."""

from __future__ import annotations

import pytest

from ocrflow.data.synth.geometry import quad_coefficients, rectangle, turn


def test_corners_of_the_quad_come_from_corners_of_the_source() -> None:
    source = (10.0, 20.0, 210.0, 80.0)
    quad = [(3.0, 5.0), (120.0, 1.0), (118.0, 44.0), (6.0, 40.0)]
    a, b, c, d, e, f, g, h = quad_coefficients(source, quad)
    for (x, y), expected in zip(quad, rectangle(*source), strict=True):
        depth = g * x + h * y + 1
        assert ((a * x + b * y + c) / depth, (d * x + e * y + f) / depth) == pytest.approx(expected, abs=1e-3)


def test_turn_by_a_right_angle() -> None:
    assert turn([(2.0, 1.0)], 90, (1.0, 1.0)) == [(1.0, 2.0)]
