"""From an image to the input of a recogniser, number for number as PaddleX serves it.

Legend: H rows, W columns in pixels; images are uint8 BGR H x W x 3. An image is resized to `rows` rows keeping its
aspect ratio, then padded on the right up to the base width; only wider images have an input of their own width.
The arithmetic, its order and its rounding follow PaddleX 3.7 `text_recognition/processors.py` (`OCRReisizeNormImg`).
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from ocrflow.errors import DataError

ROWS = 48
MAX_WIDTH = 3200


def input_width(
    height: int, width: int, base_width: int, rows: int = ROWS, max_width: int = MAX_WIDTH
) -> tuple[int, int]:
    """Columns of the network's input and how many of them the image fills; the rest on the right is padding.

    Args:
        height, width: size of the image in pixels, both at least 1.
        base_width: narrowest input at `rows` rows.
        max_width: widest input; a wider image is squeezed into it.

    Returns:
        (padded_width, content_width), content_width <= padded_width <= max_width. A base width that is not a multiple
        of `rows` may come out one column narrower: PaddleX goes through the quotient and truncates, so does this.
    """
    ratio = width / float(height)
    padded_width = int(rows * max(base_width / rows, ratio))
    if padded_width > max_width:
        return max_width, max_width
    return padded_width, min(math.ceil(rows * ratio), padded_width)


def resize_rows(image_HWC: np.ndarray, content_width: int, rows: int = ROWS) -> np.ndarray:
    """The image at `rows` x `content_width` pixels (uint8, bilinear), before padding and normalisation."""
    return cv2.resize(image_HWC, (content_width, rows))


def resize_normalize(image_HWC: np.ndarray, base_width: int, rows: int = ROWS) -> np.ndarray:
    """The network's input: float32 3 x rows x padded_width, values -1..1, padding 0.

    Raises:
        DataError: the array is not H x W x 3 or has no pixels.
    """
    content_HWC, padded_width = fit(image_HWC, base_width, rows)
    return normalize(content_HWC, np.empty((3, rows, padded_width), np.float32))


def fit(image_HWC: np.ndarray, base_width: int, rows: int = ROWS) -> tuple[np.ndarray, int]:
    """(the image at `rows` rows, uint8; the columns of the network's input, which it fills from the left).

    Raises:
        DataError: the array is not H x W x 3 or has no pixels.
    """
    if image_HWC.ndim != 3 or image_HWC.shape[2] != 3 or not image_HWC.size:
        raise DataError(f"an image to recognise must be H x W x 3 with H, W >= 1, got shape {image_HWC.shape}")
    height, width = image_HWC.shape[:2]
    padded_width, content_width = input_width(height, width, base_width, rows)
    return resize_rows(image_HWC, content_width, rows), padded_width


def normalize(content_HWC: np.ndarray, out_CHW: np.ndarray) -> np.ndarray:
    """Write (value / 255 - 0.5) / 0.5 of each channel into `out_CHW`, and 0 where it is wider than the content.

    Args:
        out_CHW: float32, as high as the content and at least as wide.
    """
    columns = content_HWC.shape[1]
    for channel, values_HW in enumerate(cv2.split(content_HWC)):
        out_CHW[channel, :, :columns] = cv2.LUT(values_HW, _NORMALIZED)
    out_CHW[:, :, columns:] = 0
    return out_CHW


_NORMALIZED = (np.arange(256, dtype=np.float32) / 255 - 0.5) / 0.5  # of each value; the same as computing it
