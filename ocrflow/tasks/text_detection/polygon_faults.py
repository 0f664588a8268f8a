"""What is wrong with the polygons of one image, as text detection trains on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ocrflow.data.box_json import shortened_text
from ocrflow.data.boxes import Box, NumberedBox, Problem
from ocrflow.data.images import ImageFacts
from ocrflow.data.polygons import area, bounds, clipped, min_side, self_intersects

TOLERANCE = 2  # pixels that a polygon may reach out of its image: annotation tools differ by as many
MIN_SIDE = 3  # pixels; below it PaddleOCR trains a box as one to ignore
_MIN_AREA = 0.5  # square pixels: the smallest of a polygon with whole coordinates that is not flat
_TURNED = (5, 6, 7, 8)  # EXIF orientations that swap width and height

Size = tuple[int, int]


def polygon_problems(boxes: Sequence[NumberedBox], size: Size | None) -> Iterator[Problem]:
    """(fault code, message) of each polygon that has a fault: the gravest one of each.

    Args:
        boxes: the boxes of one image.
        size: width and height of the image in pixels; None when they are unknown.
    """
    first: dict[tuple[tuple[float, float], ...], int] = {}
    for number, box in boxes:
        before = first.setdefault(tuple(sorted(box.points)), number)
        problem = _problem(box, before if before != number else None, size)
        if problem:
            code, message = problem
            yield code, f"box {number}, {shortened_text(box.text)!r}: {message}"


def _problem(box: Box, before: int | None, size: Size | None) -> Problem | None:
    """The gravest fault of a polygon.

    Args:
        box: its text and polygon.
        before: number of the box that has the same polygon, or None.
        size: of the image.
    """
    points = box.points
    place = _outside(points, size) if size else None
    if place and place[0] == "polygon_outside":
        return place
    if self_intersects(points):
        return "polygon_self_intersecting", f"sides cross each other; {_span(points)}"
    signed_area = area(points)
    if abs(signed_area) < _MIN_AREA:
        return "polygon_zero_area", f"all points lie on a line; {_span(points)}"
    if place:
        return place
    if before is not None:
        return "polygon_duplicate", f"the same polygon as box {before}; {_span(points)}"
    if signed_area < 0:
        return "polygon_counter_clockwise", f"the points run counter-clockwise; {_span(points)}"
    if not box.ignored and (short := round(min_side(points), 3)) < MIN_SIDE:
        return "polygon_tiny", f"the short side has {short:g} pixels, training ignores less than {MIN_SIDE}"
    return None


def _outside(points: tuple[tuple[float, float], ...], size: Size) -> Problem | None:
    """What is wrong when a polygon reaches more than `TOLERANCE` out of the image."""
    if _fits(points, size):
        return None
    image = f"{_span(points)}, the image has {size[0]} x {size[1]} pixels"
    if abs(area(clipped(points, *size))) < _MIN_AREA and not _inside(points, size):
        return "polygon_outside", f"lies outside of the image: {image}"
    left, top, right, bottom = bounds(points)
    reach = max(-left, -top, right - size[0], bottom - size[1])
    return "polygon_partly_outside", f"reaches {reach:g} pixels out of the image: {image}"


def _inside(points: tuple[tuple[float, float], ...], size: Size) -> bool:
    """Whether a point lies in the image: then a polygon without an area there is flat, not outside."""
    return any(0 <= x <= size[0] and 0 <= y <= size[1] for x, y in points)


def _fits(points: tuple[tuple[float, float], ...], size: Size) -> bool:
    left, top, right, bottom = bounds(points)
    if left < -TOLERANCE or top < -TOLERANCE:
        return False
    return right <= size[0] + TOLERANCE and bottom <= size[1] + TOLERANCE


def _span(points: tuple[tuple[float, float], ...]) -> str:
    left, top, right, bottom = bounds(points)
    return f"x {left:g} to {right:g}, y {top:g} to {bottom:g}"


def exif_mismatch(boxes: Sequence[NumberedBox], image: ImageFacts) -> str | None:
    """What is wrong when the boxes were drawn on an image that its EXIF orientation turns by a quarter.

    That is known when all fit the image as it is stored, and not all the image as training turns it.
    """
    if image.orientation not in _TURNED or not boxes:
        return None
    turned, stored = (image.width, image.height), (image.height, image.width)
    misfits = [number for number, box in boxes if not _fits(box.points, turned)]
    if not misfits or not all(_fits(box.points, stored) for _, box in boxes):
        return None
    return (
        f"the boxes fit the {stored[0]} x {stored[1]} pixels that are stored, not the {turned[0]} x {turned[1]} that "
        f"EXIF orientation {image.orientation} makes of them: {len(misfits)} of {len(boxes)}, from box {misfits[0]} on"
    )
