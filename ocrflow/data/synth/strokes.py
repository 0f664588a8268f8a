"""Draws the shapes of `stroke_shapes` as masks: Bezier fillets, mitred corners, flat or round ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageDraw

from ocrflow.data.synth.geometry import Point
from ocrflow.data.synth.stroke_shapes import SHAPES, VARIANTS

CAP_HEIGHT_PX = 96
_OVERSAMPLING = 3
_KAPPA = 0.5523


@dataclass(frozen=True)
class Lettering:
    """One alphabet: all lengths are shares of the height of the capitals.

    Attributes:
        width: of the letter H, outside to outside.
        weight: thickness of the strokes.
        roundness: radius of the corners as a share of half the width; 1 gives round bowls.
        round_ends: whether strokes end in half discs.
        variants: characters that take their second form.
    """

    width: float
    weight: float
    roundness: float
    round_ends: bool
    variants: str


def _points(stroke: str, width: float, height: float, inset: float) -> list[tuple[Point, bool]]:
    points = []
    for word in stroke.split():
        x, y = word.rstrip("r").split(",")
        place = (inset + float(x) * (width - 2 * inset), inset + float(y) * (height - 2 * inset))
        points.append((place, word.endswith("r")))
    return points


def _toward(start: Point, end: Point, length: float) -> Point:
    distance = math.sqrt((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2)
    share = length / distance
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _distance(a: Point, b: Point) -> float:
    return math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)


def _fillet(before: Point, corner: Point, after: Point, radius: float, reach: tuple[float, float]) -> list[Point]:
    first, last = min(radius, reach[0]), min(radius, reach[1])
    a, d = _toward(corner, before, first), _toward(corner, after, last)
    b, c = _toward(a, corner, first * _KAPPA), _toward(d, corner, last * _KAPPA)
    curve = []
    for step in range(13):
        t = step / 12
        w0, w1, w2, w3 = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        curve.append((w0 * a[0] + w1 * b[0] + w2 * c[0] + w3 * d[0], w0 * a[1] + w1 * b[1] + w2 * c[1] + w3 * d[1]))
    return curve


def _centre_line(points: list[tuple[Point, bool]], radius: float) -> tuple[list[Point], set[int]]:
    """The polyline with its fillets, and the places in it that are sharp corners."""
    line, sharp = [points[0][0]], set()
    for at in range(1, len(points) - 1):
        (before, before_round), (corner, is_round), (after, after_round) = points[at - 1], points[at], points[at + 1]
        if not is_round:
            sharp.add(len(line))
            line.append(corner)
            continue
        reach = (
            _distance(before, corner) * (0.5 if before_round else 0.999),
            _distance(corner, after) * (0.5 if after_round else 0.999),
        )
        line += _fillet(before, corner, after, radius, reach)
    return [*line, points[-1][0]], sharp


def _normal(a: Point, b: Point, half: float) -> Point:
    length = _distance(a, b)
    return -(b[1] - a[1]) / length * half, (b[0] - a[0]) / length * half


def _polygon(draw: ImageDraw.ImageDraw, corners: list[Point]) -> None:
    draw.polygon([(round(x), round(y)) for x, y in corners], fill=255)


def _disc(draw: ImageDraw.ImageDraw, centre: Point, half: float) -> None:
    x, y = centre
    draw.ellipse((round(x - half), round(y - half), round(x + half), round(y + half)), fill=255)


def _miter(draw: ImageDraw.ImageDraw, before: Point, corner: Point, after: Point, half: float) -> None:
    (ax, ay), (bx, by) = _normal(before, corner, half), _normal(corner, after, half)
    scale = 1 + (ax * bx + ay * by) / (half * half)
    if scale < 0.03:
        return
    mx, my = (ax + bx) / scale, (ay + by) / scale
    x, y = corner
    for side in (1, -1):
        tip = (x + side * mx, y + side * my)
        _polygon(draw, [corner, (x + side * ax, y + side * ay), tip, (x + side * bx, y + side * by)])


def _stroke(draw: ImageDraw.ImageDraw, stroke: str, box: Point, weight: float, lettering: Lettering) -> None:
    width, height = box
    half = weight / 2
    points = _points(stroke, width, height, half)
    closed = points[0][0] == points[-1][0]
    radius = lettering.roundness * (min(width, height) - weight) / 2
    line, sharp = _centre_line(points, radius)
    if not closed and not lettering.round_ends:
        for end, inner in ((0, 1), (-1, -2)):
            is_outer = abs(line[end][1] - half) < 0.5 or abs(line[end][1] - (height - half)) < 0.5
            if is_outer and abs(line[end][1] - line[inner][1]) > 1:
                line[end] = _toward(line[inner], line[end], _distance(line[inner], line[end]) + weight)
    for at, (a, b) in enumerate(pairwise(line)):
        if _distance(a, b) < 0.01:
            continue
        nx, ny = _normal(a, b, half)
        _polygon(draw, [(a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny), (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny)])
        if at in sharp:
            _miter(draw, line[at - 1], a, b, half)
        elif at > 0:
            _disc(draw, a, half - 0.5)
    if closed:
        _miter(draw, line[-2], line[0], line[1], half)
    elif lettering.round_ends:
        _disc(draw, line[0], half)
        _disc(draw, line[-1], half)


@lru_cache(maxsize=2048)
def stroke_glyph(char: str, lettering: Lettering) -> Image.Image:
    """The 'L' mask of one character 0-9A-Z, CAP_HEIGHT_PX high, cut to its width."""
    relative, strokes = VARIANTS[char] if char in lettering.variants else SHAPES[char]
    scale = CAP_HEIGHT_PX * _OVERSAMPLING
    weight = lettering.weight * scale
    width = max(lettering.width * relative * scale, weight)
    mask = Image.new("L", (round(width), scale), 0)
    draw = ImageDraw.Draw(mask)
    for stroke in strokes.split(";"):
        _stroke(draw, stroke, (width, float(scale)), weight, lettering)
    return mask.resize((max(1, round(width / _OVERSAMPLING)), CAP_HEIGHT_PX), Image.Resampling.BOX)
