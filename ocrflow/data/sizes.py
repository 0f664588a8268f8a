"""Sizes of images, from their headers where that is enough."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from ocrflow.data.images import read_bgr

_EXIF_ORIENTATION = 0x0112
_TURNED = range(5, 9)  # orientations that swap height and width


def image_sizes(root: Path, names: Iterable[str]) -> list[tuple[int, int]]:
    """Height and width in pixels of each image as training sees it: after the EXIF orientation is applied.

    Raises:
        DataError: a file is missing or no image; names the first.
    """
    return [_image_size(root / name) for name in names]


def _image_size(path: Path) -> tuple[int, int]:
    """From the header; whether OpenCV turns an image depends on the format, so one that may be turned is decoded."""
    try:
        with Image.open(path) as image:
            if image.getexif().get(_EXIF_ORIENTATION) not in _TURNED:
                return image.height, image.width
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        pass  # what Pillow cannot read OpenCV may; else it is told what is wrong
    height, width = read_bgr(path).shape[:2]
    return height, width
