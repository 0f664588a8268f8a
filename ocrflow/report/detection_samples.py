"""Sample pictures of a detection dataset: the image with its polygons, numbered, and a list of their texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import dist

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ocrflow.data.boxes import Box
from ocrflow.data.polygons import Point, bounds, clipped
from ocrflow.report.text_list import Entry, font_of, with_list

LONGEST_SIDE = 1200  # pixels of the drawn image
GOOD_SIDES = (900, 1400)  # pixels of the longest side of images that stay as large as they are
MAX_LISTED = 300
COLOURS = ("#d62728", "#1f5fb4", "#2a8a2a", "#8a3fb4", "#b4561f", "#0f7f8a")
_GREY = "#777777"
_LINE_WIDTH = 2
_DASH, _GAP = 9, 6
_TAG_SIZE = 13


def draw_boxes(image: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """A picture whose longest side is 900 to 1400 pixels, with each polygon and its text.

    Boxes have a number and a colour, with which their texts stand beside an upright image and below another. Ignored
    boxes are grey and dashed. Of more than 300 boxes only the polygons of the others are drawn.

    Args:
        image: RGB; stays as it is.
        boxes: with points in its pixels; what lies outside is not drawn.
    """
    longest = max(image.size)
    scale = 1.0 if GOOD_SIDES[0] <= longest <= GOOD_SIDES[1] else LONGEST_SIDE / longest
    canvas = _resized(image.convert("RGB"), scale)
    draw = ImageDraw.Draw(canvas)
    polygons = [_scaled(box, image.size, scale) for box in boxes]
    for number, (box, points) in enumerate(zip(boxes, polygons, strict=True), 1):
        _draw_polygon(draw, points, colour_of(number, box), dashed=box.ignored)
    for number, (box, points) in enumerate(zip(boxes[:MAX_LISTED], polygons, strict=False), 1):
        _draw_tag(draw, points, str(number), colour_of(number, box))
    entries = [Entry(str(number), box.text, colour_of(number, box)) for number, box in enumerate(boxes[:MAX_LISTED], 1)]
    if len(boxes) > MAX_LISTED:
        entries.append(Entry("", f"and {len(boxes) - MAX_LISTED:,} more", _GREY))
    return with_list(canvas, entries)


def _resized(image: Image.Image, scale: float) -> Image.Image:
    """A copy of another size; OpenCV takes a tenth of Pillow's time."""
    if scale == 1:
        return image.copy()
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return Image.fromarray(cv2.resize(np.asarray(image), size, interpolation=interpolation))


def colour_of(number: int, box: Box) -> str:
    """Colour of a box: grey when it is ignored, else one of six in turn."""
    return _GREY if box.ignored else COLOURS[(number - 1) % len(COLOURS)]


def _scaled(box: Box, size: tuple[int, int], scale: float) -> list[Point]:
    """The points on the canvas; only the inner part of a polygon that reaches out of the image."""
    points = box.points
    left, top, right, bottom = bounds(points)
    if left < 0 or top < 0 or right > size[0] or bottom > size[1]:
        points = clipped(points, *size)
    return [(x * scale, y * scale) for x, y in points]


def _draw_polygon(draw: ImageDraw.ImageDraw, points: Sequence[Point], colour: str, dashed: bool) -> None:
    for start, end in zip(points, [*points[1:], *points[:1]], strict=True):
        width = _LINE_WIDTH if start[0] == end[0] or start[1] == end[1] else _LINE_WIDTH + 1
        for part in _dashes(start, end) if dashed else [(start, end)]:
            draw.line(part, fill=colour, width=width)


def _dashes(start: Point, end: Point) -> Iterator[tuple[Point, Point]]:
    """The dashes of a line."""
    length = max(1.0, dist(start, end))

    def at(way: float) -> Point:
        share = min(1.0, way / length)
        return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])

    for way in range(0, int(length) + 1, _DASH + _GAP):
        yield at(way), at(way + _DASH)


def _draw_tag(draw: ImageDraw.ImageDraw, points: Sequence[Point], number: str, colour: str) -> None:
    """The number on a small plate before the middle of the polygon's first edge, where its text begins."""
    if not points:
        return
    font = font_of(number, _TAG_SIZE)
    width, height = round(font.getlength(number)) + 4, _TAG_SIZE + 2
    (ax, ay), (bx, by) = points[0], points[-1]
    left = max(0.0, min(ax, bx) - width - 1)
    top = max(0.0, (ay + by - height) / 2)
    draw.rectangle((left, top, left + width, top + height), fill=colour)
    draw.text((left + width / 2, top + height / 2), number, font=font, fill="white", anchor="mm")
