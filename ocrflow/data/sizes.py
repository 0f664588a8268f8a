"""Sizes of images from their headers alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from ocrflow.errors import DataError

_EXIF_ORIENTATION = 0x0112
_TURNED = range(5, 9)  # orientations that swap height and width


def image_sizes(root: Path, names: Iterable[str]) -> list[tuple[int, int]]:
    """Height and width in pixels of each image as training sees it: after the EXIF orientation is applied.

    Raises:
        DataError: a file is missing or no image; names the first.
    """
    return [_image_size(root / name) for name in names]


def _image_size(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as image:
            width, height = image.size
            turned = image.getexif().get(_EXIF_ORIENTATION) in _TURNED
            return (width, height) if turned else (height, width)
    except OSError as error:
        raise DataError(f"{path}: not readable as an image: {error}", fix="ocrflow check-dataset -c CONFIG") from error
