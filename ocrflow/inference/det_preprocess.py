"""From an image to the input of a detector, number for number as PaddleX serves it.

Legend: H rows, W columns in pixels; images are uint8 BGR H x W x 3. The arithmetic, its order and its rounding follow
PaddleX 3.7 `text_detection/processors.py` (`DetResizeForTest`, `NormalizeImage`).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import cv2
import numpy as np

from ocrflow.errors import DataError

STRIDE = 32  # rows and columns of the network's input are multiples of it
LONGEST_SIDE = 960  # PaddleX's limit for all PP-OCR detectors
MOST = 4000  # pixels of a side, whatever the limit: PaddleX's max_side_limit
MEAN = (0.485, 0.456, 0.406)  # of ImageNet in RGB order; PaddleX applies them to BGR, and so do its weights
STD = (0.229, 0.224, 0.225)
_TINY = 64  # an image whose height and width sum to less is padded first


class SideLimit(NamedTuple):
    """How large an image runs, in PaddleX's words.

    Attributes:
        pixels: what the side is held against (limit_side_len).
        kind: max: a longer side is shrunk to it; min: a shorter side is enlarged to it; resize_long: the longer side
            gets it (limit_type).
        most: pixels of a side whatever the kind (max_side_limit).
    """

    pixels: int
    kind: Literal["max", "min", "resize_long"] = "max"
    most: int = MOST


def input_size(height: int, width: int, limit: int | SideLimit = LONGEST_SIDE) -> tuple[int, int]:
    """Rows and columns of the network's input for an image.

    Args:
        height, width: of the image in pixels, both at least 1.
        limit: a number stands for the kind max: at most about so many pixels, never enlarged.
    """
    if not isinstance(limit, SideLimit):
        limit = SideLimit(limit)
    if height + width < _TINY:
        height, width = max(STRIDE, height), max(STRIDE, width)
    ratio = _ratio(height, width, limit)
    rows, columns = int(height * ratio), int(width * ratio)
    if max(rows, columns) > limit.most:
        ratio = float(limit.most) / max(rows, columns)
        rows, columns = int(rows * ratio), int(columns * ratio)
    return _rounded(rows), _rounded(columns)


def _ratio(height: int, width: int, limit: SideLimit) -> float:
    side = min(height, width) if limit.kind == "min" else max(height, width)
    stays = side >= limit.pixels if limit.kind == "min" else side <= limit.pixels and limit.kind == "max"
    return 1.0 if stays else float(limit.pixels) / side


def _rounded(pixels: int) -> int:
    return max(int(round(pixels / STRIDE) * STRIDE), STRIDE)


def resize(image_HWC: np.ndarray, limit: int | SideLimit = LONGEST_SIDE) -> np.ndarray:
    """The image at its `input_size` (uint8, bilinear); a tiny one is padded with black on the right and below first.

    Raises:
        DataError: the array is not H x W x 3 or has no pixels.
    """
    if image_HWC.ndim != 3 or image_HWC.shape[2] != 3 or not image_HWC.size:
        raise DataError(f"an image to search must be H x W x 3 with H, W >= 1, got shape {image_HWC.shape}")
    height, width = image_HWC.shape[:2]
    rows, columns = input_size(height, width, limit)
    if height + width < _TINY:
        below, right = max(0, STRIDE - height), max(0, STRIDE - width)
        image_HWC = cv2.copyMakeBorder(image_HWC, 0, below, 0, right, cv2.BORDER_CONSTANT)
    if image_HWC.shape[:2] == (rows, columns):
        return image_HWC
    return cv2.resize(image_HWC, (columns, rows))


def normalize(image_HWC: np.ndarray, out_CHW: np.ndarray | None = None) -> np.ndarray:
    """float32 3 x H x W: (value / 255 - mean) / std of each channel.

    Args:
        out_CHW: float32 3 x H x W, where to write it; by default a new array.
    """
    if out_CHW is None:
        out_CHW = np.empty((3, *image_HWC.shape[:2]), np.float32)
    for channel, values_HW in enumerate(cv2.split(image_HWC)):
        np.multiply(values_HW, _GAIN[channel], out=out_CHW[channel], dtype=np.float32)
        out_CHW[channel] += _OFFSET[channel]
    return out_CHW


_GAIN = tuple(np.float32(1 / 255 / std) for std in STD)
_OFFSET = tuple(np.float32(-mean / std) for mean, std in zip(MEAN, STD, strict=True))
