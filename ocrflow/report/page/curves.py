"""Line charts as SVG that take their colours from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup, escape

from ocrflow.report.page.ticks import nice_ticks

WIDTH, HEIGHT = 330, 220  # CSS pixels on a phone, where text of 14 pixels stays so
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 12, 44
_MOST_POINTS = 400  # of a line; more are thinned out
_MARKED = 25  # lines with no more points show each

Point = tuple[float, float]


@dataclass(frozen=True)
class Curves:
    """A line chart.

    Attributes:
        title: what stands above it; the caller writes it, and the legend of several lines.
        names: of the lines, in the order of their colours.
        svg: the drawing.
    """

    title: str
    names: tuple[str, ...]
    svg: Markup


def curves(title: str, xlabel: str, lines: Mapping[str, Sequence[tuple[float, float | None]]]) -> Curves | None:
    """The chart of lines (x, y) by name; points that are no numbers are left out. None when no line has a point."""
    known = {name: [(x, y) for x, y in points if y is not None and isfinite(y)] for name, points in lines.items()}
    kept = {name: _thinned(points) for name, points in known.items() if points}
    if not kept:
        return None
    xs, ys = ([point[axis] for points in kept.values() for point in points] for axis in (0, 1))
    x_ticks = nice_ticks(min(xs), max(xs), 6, whole=all(x == int(x) for x in xs))
    y_ticks = nice_ticks(0 if 0 < min(ys) < max(ys) / 3 else min(ys), max(ys), 5)
    frame = _Frame((min(xs), max(xs)), (min(y_ticks[0], min(ys)), max(y_ticks[-1], max(ys))))
    parts = [*_grid(frame, [x for x in x_ticks if min(xs) <= x <= max(xs)], y_ticks, xlabel)]
    parts += [_line(frame, number, points) for number, points in enumerate(kept.values())]
    label = escape(f"{title}: {', '.join(kept)}")
    svg = f'<svg class="curves" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    return Curves(title, tuple(kept), Markup(svg))


@dataclass(frozen=True)
class _Frame:
    xs: Point
    ys: Point

    def x(self, value: float) -> float:
        low, high = self.xs
        return _LEFT + (value - low) / ((high - low) or 1) * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        low, high = self.ys
        return HEIGHT - _BOTTOM - (value - low) / ((high - low) or 1) * (HEIGHT - _BOTTOM - _TOP)


def _grid(frame: _Frame, x_ticks: list[float], y_ticks: list[float], xlabel: str) -> list[str]:
    parts = []
    for value in y_ticks:
        y = frame.y(value)
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 7}" y="{y + 5:.1f}" text-anchor="end">{value:g}</text>')
    for value in x_ticks:
        place = f'x="{frame.x(value):.1f}" y="{HEIGHT - _BOTTOM + 18}"'
        parts.append(f'<text {place} text-anchor="middle">{value:g}</text>')
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    parts.append(f'<text class="axis" x="{middle}" y="{HEIGHT - 5}" text-anchor="middle">{escape(xlabel)}</text>')
    return parts


def _line(frame: _Frame, number: int, points: Sequence[Point]) -> str:
    places = [(frame.x(x), frame.y(y)) for x, y in points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    drawn = f'<path class="line c{number % 4}" d="M{path}"/>'
    if len(places) <= _MARKED:
        drawn += "".join(f'<circle class="dot c{number % 4}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
    return drawn


def _thinned(points: list[tuple[float, float]]) -> list[Point]:
    """Every n-th point, and the last."""
    every = -(-len(points) // _MOST_POINTS) or 1
    kept = points[::every]
    return kept if not points or kept[-1] == points[-1] else [*kept, points[-1]]
