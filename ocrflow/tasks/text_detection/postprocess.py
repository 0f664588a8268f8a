"""From a detector's probability map to boxes around texts, as PaddleOCR's DBPostProcess does.

Pixels above a threshold form regions; each gets a rectangle, a score (the mean probability in it) and is grown to undo
the shrinking that the detector was trained with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocrflow.tasks.text_detection.targets import offset, offset_distance

MIN_SIDE = 3  # pixels of the map: smaller rectangles are dropped, after growing those below two more


@dataclass(frozen=True)
class PostprocessSettings:
    """PaddleX's keys of `PostProcess`.

    Attributes:
        thresh: a pixel with a higher probability is text.
        box_thresh: a box with a lower score is dropped.
        max_candidates: regions looked at, at most.
        unclip_ratio: how far a box grows: this times its area over its perimeter.
        slow_score: the mean is taken in the region itself ("slow"), not in its rectangle ("fast").
    """

    thresh: float = 0.3
    box_thresh: float = 0.6
    max_candidates: int = 1000
    unclip_ratio: float = 1.5
    slow_score: bool = False


SETTINGS_OF_MODEL = {  # of the official recipes; other models have the defaults
    "PP-OCRv6_tiny_det": PostprocessSettings(thresh=0.2, box_thresh=0.4, max_candidates=3000, unclip_ratio=1.4),
    "PP-OCRv6_small_det": PostprocessSettings(thresh=0.2, box_thresh=0.45, max_candidates=3000, unclip_ratio=1.4),
}


def settings_of(model: str, box_thresh: float | None = None) -> PostprocessSettings:
    """The official settings of a model, with another score that boxes need if it is given."""
    settings = SETTINGS_OF_MODEL.get(model, PostprocessSettings())
    return settings if box_thresh is None else replace(settings, box_thresh=box_thresh)


def boxes_of_map(
    map_HW: np.ndarray, settings: PostprocessSettings, image_hw: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """(boxes int32 K x 4 x 2, clockwise from the top left, scores float64 K).

    Args:
        map_HW: probabilities in 0..1, float32.
        image_hw: height and width of the image in pixels, in which the boxes are given; the map may have another size.
    """
    regions, _ = cv2.findContours((map_HW > settings.thresh).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    map_wh, image_wh = (np.array(hw[::-1], np.float64) for hw in (map_HW.shape, image_hw))
    scale = image_wh / map_wh  # first, and in float64, as PaddleX does: halves are rounded alike
    boxes, scores = [], []
    for region in regions[: settings.max_candidates]:
        box, score = _box_of_region(map_HW, region, settings)
        if box is not None:
            boxes.append(np.clip(np.round(box * scale), 0, image_wh))
            scores.append(score)
    return np.array(boxes, dtype=np.int32).reshape(-1, 4, 2), np.array(scores)


def _box_of_region(
    map_HW: np.ndarray, region: np.ndarray, settings: PostprocessSettings
) -> tuple[np.ndarray | None, float]:
    """The grown rectangle (4 x 2, pixels of the map) and score of a contour; None when it is too small or unlikely."""
    rectangle, side = smallest_rectangle(region)
    if side < MIN_SIDE:
        return None, 0.0
    score = mean_inside(map_HW, region.reshape(-1, 2) if settings.slow_score else rectangle)
    if score < settings.box_thresh:
        return None, score
    grown = offset(rectangle, offset_distance(rectangle.astype(np.float64), settings.unclip_ratio))
    if len(grown) != 1:
        return None, score
    box, side = smallest_rectangle(grown[0])
    return (box if side >= MIN_SIDE + 2 else None), score


def smallest_rectangle(points: np.ndarray) -> tuple[np.ndarray, float]:
    """(smallest rectangle, however rotated, around points: float32 4 x 2, clockwise from the top left; short side)."""
    rotated = cv2.minAreaRect(points)
    corners = cv2.boxPoints(rotated)
    a, b, c, d = corners[np.argsort(corners[:, 0], kind="stable")]
    left = (a, b) if b[1] > a[1] else (b, a)
    right = (c, d) if d[1] > c[1] else (d, c)
    return np.array([left[0], right[0], right[1], left[1]]), min(rotated[1])


def mean_inside(map_HW: np.ndarray, polygon_K2: np.ndarray) -> float:
    """Mean of the map inside of a polygon."""
    height, width = map_HW.shape
    left, top = np.clip(np.floor(polygon_K2.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(polygon_K2.max(axis=0)), 0, (width - 1, height - 1)).astype(int) + 1
    mask = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(mask, [(polygon_K2 - (left, top)).astype(np.int32)], 1)
    return cv2.mean(map_HW[top:bottom, left:right], mask)[0]
