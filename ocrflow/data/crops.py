"""Cutting a text out of an image, turned upright, pixel for pixel as PaddleOCR and PaddleX do before they read it."""

from __future__ import annotations

import cv2
import numpy as np

TALL = 1.5  # height / width from which a crop is turned, because its text runs downwards
_LONGEST_SIDE = 32_000  # pixels; OpenCV warps no image of 32767 or more


def crop_size(corners_42: np.ndarray) -> tuple[int, int]:
    """Width and height in pixels of a crop before it is turned: the longer of two opposite sides each."""
    top_left, top_right, bottom_right, bottom_left = corners_42
    width = int(max(np.linalg.norm(top_left - top_right), np.linalg.norm(bottom_right - bottom_left)))
    height = int(max(np.linalg.norm(top_left - bottom_left), np.linalg.norm(top_right - bottom_right)))
    return width, height


def upright(image_HWC: np.ndarray, corners_42: np.ndarray) -> np.ndarray:
    """The quadrilateral warped to a rectangle, uint8 H x W x 3; one 1.5 times as high as wide is turned by 90 degrees.

    The arithmetic is that of PaddleX 3.7 `crop_image_regions.py` (`get_rotate_crop_image`): cubic, the image's border
    repeated, turned counter-clockwise. A quadrilateral thinner than a pixel gives an image of the source's size, as
    OpenCV does it there.

    Args:
        corners_42: float32, top left, top right, bottom right, bottom left of the text in pixels.
    """
    width, height = (min(side, _LONGEST_SIDE) for side in crop_size(corners_42))
    image_HWC, corners_42 = _near(image_HWC, corners_42)
    target_42 = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix_33 = cv2.getPerspectiveTransform(corners_42, target_42)
    cut = cv2.warpPerspective(
        image_HWC, matrix_33, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.ascontiguousarray(np.rot90(cut)) if cut.shape[0] >= TALL * cut.shape[1] else cut


def _near(image_HWC: np.ndarray, corners_42: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of an image too long for OpenCV the part around the corners, shrunk if need be, and the corners in it."""
    if max(image_HWC.shape[:2]) <= _LONGEST_SIDE:
        return image_HWC, corners_42
    left, top = np.maximum(np.floor(corners_42.min(axis=0)).astype(int) - 4, 0)
    right, bottom = np.ceil(corners_42.max(axis=0)).astype(int) + 4
    part = image_HWC[top : max(bottom, top + 1), left : max(right, left + 1)]
    corners_42 = corners_42 - np.array([left, top], np.float32)
    height, width = part.shape[:2]
    if max(height, width) <= _LONGEST_SIDE:
        return part, corners_42
    target = min(width, _LONGEST_SIDE), min(height, _LONGEST_SIDE)
    scale = np.array([target[0] / width, target[1] / height], np.float32)
    return cv2.resize(part, target, interpolation=cv2.INTER_AREA), corners_42 * scale
