"""Whether two images show the same picture, by their pixels."""

from __future__ import annotations

import cv2
import numpy as np

_LONG_SIDE, _SHORT_SIDE = 400, 16
_MOVE = 3
_ASPECT = 0.12
_CORRELATION = 0.9
_LOCAL = 0.3
_WINDOW = 12


def same_picture(first_HWC: np.ndarray, second_HWC: np.ndarray) -> bool:
    """Whether two images are copies that were re-encoded, scaled, brightened or moved by a pixel or two.

    Both are brought to one small grey size and laid over each other, moved by up to three pixels and a fraction. They
    are alike when they correlate, and no place of a character's size differs: one other digit on a plate is enough
    to differ. Brightness and contrast do not count. Images without structure, as blank ones, are not alike.

    Args:
        first_HWC, second_HWC: uint8, H x W x 3, BGR.
    """
    (height, width), (other_height, other_width) = first_HWC.shape[:2], second_HWC.shape[:2]
    if abs(np.log(width * other_height / (height * other_width))) > _ASPECT:
        return False
    width, height = min(width, other_width), min(height, other_height)
    scale = max(min(1.0, _LONG_SIDE / max(width, height)), _SHORT_SIDE / min(width, height))
    size = round(width * scale), round(height * scale)
    first, second = _grey(first_HWC, size), _grey(second_HWC, size)
    if min(first.std(), second.std()) < 1:
        return False
    correlation, move = _best_move(first, second)
    return correlation >= _CORRELATION and _largest_difference(first, second, move) <= _LOCAL


def _grey(image_HWC: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    small = cv2.resize(image_HWC, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), 0.8)


def _best_move(first: np.ndarray, second: np.ndarray) -> tuple[float, tuple[float, float]]:
    """The largest correlation, and where `second` without its edges then lies in `first`: x and y, in pixels."""
    inner = second[_MOVE:-_MOVE, _MOVE:-_MOVE]
    correlations = cv2.matchTemplate(first, inner, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(correlations)
    return best, (x + _peak(correlations[y], x), y + _peak(correlations[:, x], y))


def _peak(values: np.ndarray, at: int) -> float:
    """Where the parabola through a maximum and its neighbours peaks, -0.5 to 0.5 beside it."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, top, after = (float(value) for value in values[at - 1 : at + 2])
    curve = before - 2 * top + after
    return 0.5 * (before - after) / curve if curve < 0 else 0.0


def _largest_difference(first: np.ndarray, second: np.ndarray, move: tuple[float, float]) -> float:
    """The largest mean squared difference in a window of a character's size, both images at unit variance."""
    inner = second[_MOVE:-_MOVE, _MOVE:-_MOVE]
    height, width = inner.shape
    centre = move[0] + (width - 1) / 2, move[1] + (height - 1) / 2
    there = cv2.getRectSubPix(first, (width, height), centre)
    difference = _unit(there) - _unit(inner)
    side = min(_WINDOW, max(3, min(height, width) // 3))
    return float(cv2.blur(difference * difference, (side, side)).max())


def _unit(grey: np.ndarray) -> np.ndarray:
    return (grey - grey.mean()) / max(float(grey.std()), 1.0)
