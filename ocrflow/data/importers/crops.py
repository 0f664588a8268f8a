"""Cutting the picture of one text out of a photo, turned upright, as PaddleOCR's pipeline does before it reads."""

from __future__ import annotations

import cv2
import numpy as np

from ocrflow.data.crops import crop_size, upright
from ocrflow.data.images import MAX_PIXELS, MIN_SIDE
from ocrflow.data.importers.sample import Points
from ocrflow.data.polygons import area, bounds, self_intersects


class CannotCrop(Exception):
    """Carries what is wrong with a region."""


def crop(image_HWC: np.ndarray, points: Points) -> np.ndarray | None:
    """The region as uint8 H x W x 3, warped to a rectangle; None when it is narrower or lower than 4 pixels.

    Four points are top left, top right, bottom right, bottom left of the text; when they run the other way round, the
    second and the fourth change places, or the text would be mirrored. Of more points, or four with a dent, the
    smallest enclosing rectangle is taken. As in PaddleOCR, width and height are the longer of two opposite sides, and
    a crop at least 1.5 times as high as wide is turned by 90 degrees counter-clockwise.

    Raises:
        CannotCrop: the region lies outside of the image, has no area, crosses itself, or is absurdly large.
    """
    _refuse_bad(points, image_HWC.shape[1], image_HWC.shape[0])
    corners_42 = _corners(points)
    width, height = crop_size(corners_42)
    if min(width, height) < MIN_SIDE:
        return None
    if width * height > MAX_PIXELS:
        raise CannotCrop(f"the region is {width} x {height} pixels, more than any image may have")
    return upright(image_HWC, corners_42)


def _refuse_bad(points: Points, width: int, height: int) -> None:
    left, top, right, bottom = bounds(points)
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        where = f"x {left:g} to {right:g}, y {top:g} to {bottom:g}"
        raise CannotCrop(f"the region lies outside of the picture of {width} x {height} pixels: {where}")
    if len(points) == 4 and self_intersects(points):
        raise CannotCrop(f"the region's sides cross; expected its corners in order, got {_shown(points)}")
    if abs(area(points)) < 1:
        raise CannotCrop(f"the region has no area: {_shown(points)}")


def _corners(points: Points) -> np.ndarray:
    """Top left, top right, bottom right, bottom left of the text, float32 4 x 2."""
    if len(points) == 4 and _is_convex(points):
        first, second, third, fourth = points
        clockwise = area(points) > 0
        return np.array([first, second, third, fourth] if clockwise else [first, fourth, third, second], np.float32)
    box_42 = cv2.boxPoints(cv2.minAreaRect(np.array(points, np.float32)))
    left, right = np.split(box_42[np.argsort(box_42[:, 0], kind="stable")], 2)
    top_left, bottom_left = left[np.argsort(left[:, 1], kind="stable")]
    top_right, bottom_right = right[np.argsort(right[:, 1], kind="stable")]
    return np.array([top_left, top_right, bottom_right, bottom_left], np.float32)


def _is_convex(points: Points) -> bool:
    """Every three neighbours turn the same way, by more than half a square pixel."""
    turns = [area((points[index - 2], points[index - 1], points[index])) for index in range(len(points))]
    return min(turns) > 0.5 or max(turns) < -0.5


def _shown(points: Points) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points[:8])
