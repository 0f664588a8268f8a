"""What a detector is trained to give: the shrink map and the threshold map of differentiable binarisation.

Liao et al., 2020 (arXiv:1911.08947), computed as PaddleOCR's MakeShrinkMap and MakeBorderMap do. Polygons are K x 2
points (x, y) in pixels of the image; all maps are float32, H x W.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist

import cv2
import numpy as np
import pyclipper

from ocrflow.data.polygons import area

MIN_TEXT_SIZE = 8  # pixels; a text whose upright bounds are lower or narrower counts as ignored
THRESHOLD_RANGE = (0.3, 0.7)  # the threshold far from and on the border of a text


@dataclass(frozen=True)
class DBTargets:
    """The two maps and where each counts (1.0) or does not (0.0)."""

    shrink_map: np.ndarray
    shrink_mask: np.ndarray
    threshold_map: np.ndarray
    threshold_mask: np.ndarray


def db_targets(
    polygons: Sequence[np.ndarray], ignored: Sequence[bool], hw: tuple[int, int], shrink_ratio: float = 0.4
) -> DBTargets:
    """The targets of an image of height and width `hw`.

    Args:
        polygons: of all texts; they may reach out of the image.
        ignored: which of them say nothing about being text or not.
        shrink_ratio: the smaller, the farther the shrunk text is from the border. PaddleOCR lets it grow from 0.4 to
            0.6 over the epochs.
    """
    arrays = [np.asarray(polygon, dtype=np.float64) for polygon in polygons]
    texts = [polygon for polygon, leave_out in zip(arrays, ignored, strict=True) if not leave_out]
    shrink_map, shrink_mask = shrink_targets(arrays, ignored, hw, shrink_ratio)
    return DBTargets(shrink_map, shrink_mask, *threshold_targets(texts, hw, shrink_ratio))


def shrink_targets(
    polygons: Sequence[np.ndarray], ignored: Sequence[bool], hw: tuple[int, int], shrink_ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """(map: 1.0 inside of the shrunk texts, mask: 0.0 inside of those that are ignored or too small)."""
    shrink_map, mask = np.zeros(hw, np.float32), np.ones(hw, np.float32)
    highest = np.array([hw[1] - 1, hw[0] - 1])
    for polygon, leave_out in zip(polygons, ignored, strict=True):
        clipped = np.clip(polygon, 0, highest)
        size = np.ptp(clipped, axis=0).min()
        too_small = size < MIN_TEXT_SIZE or abs(area(clipped.tolist())) < 1
        shrunk = [] if leave_out or too_small else _shrunk(clipped, shrink_ratio)
        if not shrunk:
            cv2.fillPoly(mask, [clipped.astype(np.int32)], 0.0)
        for part in shrunk:
            cv2.fillPoly(shrink_map, [part], 1.0)
    return shrink_map, mask


def threshold_targets(
    polygons: Sequence[np.ndarray], hw: tuple[int, int], shrink_ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """(map: high on the borders of the texts, mask: 1.0 inside of the texts grown by what the shrunk ones lose)."""
    nearness, mask = np.zeros(hw, np.float32), np.zeros(hw, np.float32)
    for polygon in polygons:
        distance = offset_distance(polygon, 1 - shrink_ratio**2)
        grown = offset(polygon, distance) if distance > 0 else []
        if grown:
            cv2.fillPoly(mask, [grown[0]], 1.0)
            _draw_nearness(nearness, polygon, grown[0], distance)
    low, high = THRESHOLD_RANGE
    return nearness * np.float32(high - low) + np.float32(low), mask


def offset_distance(polygon_K2: np.ndarray, ratio: float) -> float:
    """Pixels by which to move the border of a polygon: `ratio` of its area over its perimeter; 0 without an area."""
    points = polygon_K2.tolist()
    perimeter = sum(map(dist, points, [points[-1], *points]))
    return abs(area(points)) * ratio / perimeter if perimeter else 0.0


def offset(polygon_K2: np.ndarray, distance: float) -> list[np.ndarray]:
    """The polygon with its border moved outwards by `distance` pixels (inwards if negative): int32 polygons, K x 2."""
    path = pyclipper.PyclipperOffset()
    path.AddPath(polygon_K2.tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    return [np.array(part, dtype=np.int32) for part in path.Execute(distance)]


def _shrunk(polygon: np.ndarray, shrink_ratio: float) -> list[np.ndarray]:
    """The shrunk polygon; with less shrinking where it would fall into several parts or vanish, if that helps."""
    parts: list[np.ndarray] = []
    for ratio in np.arange(shrink_ratio, 1, shrink_ratio).tolist():
        parts = offset(polygon, -offset_distance(polygon, 1 - ratio**2))
        if len(parts) == 1:
            break
    return parts


def _draw_nearness(nearness_HW: np.ndarray, polygon: np.ndarray, grown: np.ndarray, reach: float) -> None:
    """Raises values in the bounds of `grown` to 1 - distance from the border of `polygon` / reach."""
    left, top = np.maximum(grown.min(axis=0), 0)
    right, bottom = np.minimum(grown.max(axis=0) + 1, nearness_HW.shape[::-1])
    if left >= right or top >= bottom:
        return
    nearness = _distance(polygon, np.arange(left, right), np.arange(top, bottom))
    np.subtract(1, np.minimum(nearness / np.float32(reach), 1), out=nearness)
    window = nearness_HW[top:bottom, left:right]
    np.maximum(window, nearness, out=window)


def _distance(polygon: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Distance of every pixel (float32 len(ys) x len(xs)) from the nearest side of a polygon.

    From a side: to its line where the pixel sees the side under at least 90 degrees, else to its nearer end.
    """
    dx_KW, dy_KH = xs - polygon[:, :1], ys - polygon[:, 1:]
    nearest_HW = np.sqrt(_outer(np.add, dy_KH**2, dx_KW**2).min(axis=0))
    for here in range(len(polygon)):
        side_x, side_y = polygon[here] - polygon[here - 1]
        length = np.hypot(side_x, side_y)
        if length:
            to_line_HW = _outer(np.subtract, side_x / length * dy_KH[here - 1], side_y / length * dx_KW[here - 1])
            wide_HW = _outer(np.less_equal, dy_KH[here] * dy_KH[here - 1], -dx_KW[here] * dx_KW[here - 1])
            np.minimum(nearest_HW, np.abs(to_line_HW, out=to_line_HW), out=nearest_HW, where=wide_HW)
    return nearest_HW


def _outer(operation: np.ufunc, of_rows: np.ndarray, of_columns: np.ndarray) -> np.ndarray:
    """`operation` of every row's and every column's value, as float32: ... x H and ... x W give ... x H x W."""
    return operation(of_rows.astype(np.float32)[..., :, None], of_columns.astype(np.float32)[..., None, :])
