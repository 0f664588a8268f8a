"""Random views of a scene for training a detector: flipped, turned, at another scale, cut to a square.

The kinds and their ranges are those of PP-OCR's detection recipe (flip; rotation by 10 degrees; scale 0.5..3; a crop
that holds text; colour). All geometry is one affine map, so a pixel is interpolated once.
Legend: images are uint8 BGR H x W x 3; a matrix is 2 x 3 and maps image to crop pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, log, radians, sin

import cv2
import numpy as np

FLIP = 0.5
MAX_TURN = 10.0  # degrees
SMALLEST, LARGEST = 0.5, 3.0  # scale beside the one of the exported model
ON_TEXT = 0.8  # share of views that are placed on a text, where there is one
ROOM = 0.95  # share of the view's side that such a text fills at most; the view's scale is made smaller for it


@dataclass(frozen=True)
class View:
    """A square view of an image: the map to it, and its side in pixels.

    The map is of points as labels have them: pixel (0, 0) reaches from 0 to 1.
    """

    matrix_23: np.ndarray
    size: int

    def image(self, image_HWC: np.ndarray) -> np.ndarray:
        """uint8 size x size x 3; black beside the image."""
        linear_22, offset_2 = self.matrix_23[:, :2], self.matrix_23[:, 2]
        scale = float(np.sqrt(abs(np.linalg.det(linear_22))))
        while scale <= 0.5 and min(image_HWC.shape[:2]) >= 4:  # a map that shrinks more would skip pixels
            height, width = image_HWC.shape[:2]
            image_HWC = cv2.resize(image_HWC, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            linear_22 = linear_22 * [width / (width // 2), height / (height // 2)]
            scale *= 2
        centred_2 = offset_2 + linear_22 @ np.full(2, 0.5) - 0.5  # OpenCV's (0, 0) is the middle of that pixel
        return cv2.warpAffine(image_HWC, np.column_stack([linear_22, centred_2]), (self.size, self.size))

    def points(self, points_K2: np.ndarray) -> np.ndarray:
        """K x 2 points of the image in the view's pixels; they may lie outside."""
        return points_K2 @ self.matrix_23[:, :2].T + self.matrix_23[:, 2]


def random_view(
    hw: tuple[int, int],
    texts: list[np.ndarray],
    base_scale: float,
    size: int,
    strength: float,
    rng: np.random.Generator,
) -> View:
    """A view of `size` x `size` pixels, mostly with a text in it.

    Args:
        hw: height and width of the image in pixels.
        texts: K x 2 points in image pixels of each text to find.
        base_scale: crop pixels of an image pixel when the exported model sees the image.
        strength: 0: only the crop is random; 0.5: PP-OCR's recipe; 1: every view is flipped, turned and scaled.
    """
    turn = radians(rng.uniform(-MAX_TURN, MAX_TURN)) if rng.random() < 2 * strength else 0.0
    flip = -1.0 if rng.random() < strength else 1.0
    scale = base_scale * (random_scale(rng) if rng.random() < 2 * strength else 1.0)
    aim_K2 = texts[rng.integers(len(texts))] if texts and rng.random() < ON_TEXT else None
    unit_22 = np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]]) @ np.diag([flip, 1.0])
    if aim_K2 is not None:
        scale = min(scale, ROOM * size / max(1.0, np.ptp(aim_K2 @ unit_22.T, axis=0).max()))
    whole = _bounds(_rectangle(*hw) @ unit_22.T * scale)
    aim = whole if aim_K2 is None else _bounds(aim_K2 @ unit_22.T * scale)
    offset_2 = [_origin(aim[:, axis], whole[:, axis], size, rng) for axis in (0, 1)]
    return View(np.column_stack([unit_22 * scale, -np.array(offset_2)]), size)


def random_scale(rng: np.random.Generator) -> float:
    """0.5..3, small ones as often as large ones."""
    return exp(rng.uniform(log(SMALLEST), log(LARGEST)))


def _rectangle(height: int, width: int) -> np.ndarray:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def _bounds(points_K2: np.ndarray) -> np.ndarray:
    """2 x 2: smallest x and y, largest x and y."""
    return np.stack([points_K2.min(axis=0), points_K2.max(axis=0)])


def _origin(aim: np.ndarray, whole: np.ndarray, size: int, rng: np.random.Generator) -> float:
    """Where on one axis a window of `size` begins that holds `aim`, or lies in it, and shows most of `whole`.

    Args:
        aim, whole: first and last coordinate.
    """
    low, high = sorted((aim[1] - size, aim[0]))
    first, last = sorted((whole[0], whole[1] - size))
    low, high = float(np.clip(low, first, last)), float(np.clip(high, first, last))
    return rng.uniform(low, high)


def jitter(image_HWC: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Each with probability `strength`: other light and colours, blur, noise."""
    if rng.random() < strength:
        image_HWC = _light(image_HWC, rng)
    if rng.random() < strength / 4:
        image_HWC = cv2.GaussianBlur(image_HWC, (0, 0), rng.uniform(0.3, 1.5))
    if rng.random() < strength / 4:
        grain = rng.standard_normal(image_HWC.shape, np.float32) * rng.uniform(2, 12)
        image_HWC = np.clip(image_HWC + grain, 0, 255).astype(np.uint8)
    return image_HWC


def _light(image_HWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Contrast 0.6..1.4, brightness +-40, and +-15 % a channel."""
    gain_3 = rng.uniform(0.6, 1.4) * rng.uniform(0.85, 1.15, 3)
    table_256x3 = (np.arange(256)[:, None] - 128) * gain_3 + 128 + rng.uniform(-40, 40)
    return cv2.LUT(image_HWC, np.clip(table_256x3, 0, 255).astype(np.uint8).reshape(1, 256, 3))
