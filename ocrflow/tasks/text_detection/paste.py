"""Texts of one image pasted into the view of another, as `CopyPaste` of PP-OCR's detection recipe does.

A pasted text keeps its shape, its scale is drawn as that of a view, it is turned a little, and it covers no other text.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin

import cv2
import numpy as np

from ocrflow.data.labels import Row
from ocrflow.tasks.text_detection.augment import MAX_TURN, View, random_scale
from ocrflow.tasks.text_detection.targets import MIN_TEXT_SIZE

SHARE, MOST = 0.2, 30  # of the donor's texts, at least one
TRIES = 20  # places that are tried for a text
MARGIN = 2  # pixels that stay free around it
_PASTE = 1  # makes these random numbers other than those of the views


def donor_of(rows: Sequence[Row], place: int, probability: float, seed: int, epoch: int) -> Row | None:
    """The row whose texts are pasted into that at `place`, or None; the same one in every process."""
    if probability <= 0 or len(rows) < 2:
        return None
    rng = np.random.Generator(np.random.PCG64([seed, epoch, place, _PASTE]))
    if rng.random() >= probability:
        return None
    return rows[(place + 1 + int(rng.integers(len(rows) - 1))) % len(rows)]


def paste(
    view_SS3: np.ndarray,
    taken: Sequence[np.ndarray],
    donor_HWC: np.ndarray,
    texts: Sequence[np.ndarray],
    base_scale: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """The view with some of the donor's texts, and their polygons in it; those that find no place are left out.

    Args:
        taken: K x 2 points of every text in the view, ignored ones too.
        texts: K x 2 points in the donor of each text that may be pasted.
        base_scale: view pixels of a donor pixel when the exported model sees the donor.
    """
    image_SS3, boxes, polygons = view_SS3.copy(), [_bounds(polygon) for polygon in taken], []
    count = max(1, min(int(SHARE * len(texts)), MOST))
    height, width = donor_HWC.shape[:2]
    for index in rng.permutation(len(texts))[:count]:
        polygon_K2 = np.clip(texts[index], 0, [width, height])
        turn, scale = radians(rng.uniform(-MAX_TURN, MAX_TURN)), base_scale * random_scale(rng)
        map_22 = scale * np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]])
        low_2, high_2 = _bounds(polygon_K2 @ map_22.T)
        size_2 = np.ceil(high_2 - low_2).astype(int)
        if size_2.min() < MIN_TEXT_SIZE or np.ptp(polygon_K2, axis=0).min() < 1:
            continue
        corner_2 = _free_corner(size_2, view_SS3.shape[0], boxes, rng)
        if corner_2 is None:
            continue
        _blend(
            image_SS3, corner_2, size_2, donor_HWC, polygon_K2, View(np.column_stack([map_22, -low_2]), size_2.max())
        )
        polygons.append(polygon_K2 @ map_22.T - low_2 + corner_2)
        boxes.append(_bounds(polygons[-1]))
    return image_SS3, polygons


def _bounds(points_K2: np.ndarray) -> np.ndarray:
    return np.stack([points_K2.min(axis=0), points_K2.max(axis=0)])


def _free_corner(
    size_2: np.ndarray, side: int, boxes: Sequence[np.ndarray], rng: np.random.Generator
) -> np.ndarray | None:
    """Top left corner of a rectangle inside of the view that touches none of the upright `boxes`."""
    if size_2.max() >= side:
        return None
    for corner_2 in rng.integers(0, side - size_2, (TRIES, 2)):
        low_2, high_2 = corner_2 - MARGIN, corner_2 + size_2 + MARGIN
        if not any((low_2 < box[1]).all() and (high_2 > box[0]).all() for box in boxes):
            return corner_2
    return None


def _blend(
    image_SS3: np.ndarray,
    corner_2: np.ndarray,
    size_2: np.ndarray,
    donor_HWC: np.ndarray,
    polygon_K2: np.ndarray,
    view: View,
) -> None:
    """Put what `view` shows of the donor inside of the polygon to its place, with soft edges."""
    (left, top), (right, bottom) = (
        np.floor(polygon_K2.min(axis=0)).astype(int),
        np.ceil(polygon_K2.max(axis=0)).astype(int),
    )
    part_HWC = np.ascontiguousarray(donor_HWC[top:bottom, left:right])
    moved_23 = np.column_stack([view.matrix_23[:, :2], view.points(np.array([[left, top]], np.float64))[0]])
    width, height = size_2
    patch_HWC = View(moved_23, view.size).image(part_HWC)[:height, :width]
    mask_HW = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask_HW, [np.round(view.points(polygon_K2) - 0.5).astype(np.int32)], 255)
    share_HW1 = cv2.GaussianBlur(mask_HW, (3, 3), 0).astype(np.float32)[:, :, None] / 255
    target = image_SS3[corner_2[1] : corner_2[1] + height, corner_2[0] : corner_2[0] + width]
    target[:] = np.round(target + share_HW1 * (patch_HWC.astype(np.float32) - target))
