"""What the registered model accepts as an image: a path, the file's bytes, base64 of them, or the pixels."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocrflow.data.images import read_bgr
from ocrflow.errors import DataError

EXPECTED = "expected a path, the bytes of an image file, base64 of them, or a uint8 H x W x 3 array in BGR order"


def image_of(item: Any, index: int) -> np.ndarray:
    """The uint8 BGR H x W x 3 image that `item` stands for.

    Args:
        item: path; bytes of an image file; base64 of them, also as `data:image/...;base64,...`; array or nested lists.
        index: position in the request, for the message.

    Raises:
        DataError: `item` is none of these; says which one.
    """
    if isinstance(item, Path | str):
        return _of_text(str(item), index)
    if isinstance(item, bytes | bytearray | memoryview):
        return _of_bytes(bytes(item), index)
    return _of_pixels(item, index)


def _of_text(text: str, index: int) -> np.ndarray:
    if text.startswith("data:"):
        return _of_bytes(_decoded(text.partition(",")[2]) or b"", index)
    if _is_file(text):
        return read_bgr(Path(text))
    content = _decoded(text)
    if content is None:
        raise _refusal(index, f"no such file and not base64: {text if len(text) <= 100 else text[:100] + '...'}")
    return _of_bytes(content, index)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # base64 is too long for a file name
        return False


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _of_bytes(content: bytes, index: int) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    if image is None:
        raise _refusal(index, f"{len(content)} bytes that are not an image")
    return image


def _of_pixels(item: Any, index: int) -> np.ndarray:
    try:
        pixels = np.asarray(item)
    except ValueError as error:
        raise _refusal(index, str(error)) from error
    whole = pixels.dtype.kind in "ui" and pixels.size and pixels.min() >= 0 and pixels.max() <= 255
    if not whole or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise _refusal(index, f"{type(item).__name__} of {pixels.dtype}, shape {pixels.shape}")
    return np.ascontiguousarray(pixels, np.uint8)


def _refusal(index: int, got: str) -> DataError:
    return DataError(f"image {index} of the request: {EXPECTED}; got {got}")
