"""The pictures of a page as data addresses, all of them together within a limit."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ocrflow.data.images import read_bgr
from ocrflow.errors import DataError

QUALITY = 82
_STEPS = 5  # how often a picture that is too large is shrunk


@dataclass(frozen=True)
class Picture:
    """A picture on the page.

    Attributes:
        address: `data:image/jpeg;base64,...`.
        width, height: pixels of the image it was made of, not of what the page holds.
    """

    address: str
    width: int
    height: int


def encoded(image_HWC: np.ndarray, limits: tuple[int, int]) -> str:
    """The uint8 BGR image, shrunk to a width and height of at most `limits`, as a data address."""
    height, width = image_HWC.shape[:2]
    scale = min(1.0, limits[0] / width, limits[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    smaller = cv2.resize(image_HWC, size, interpolation=cv2.INTER_AREA) if scale < 1 else image_HWC
    jpeg = cv2.imencode(".jpg", smaller, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1]
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}"


class Album:
    """Makes pictures until they fill the page.

    Attributes:
        limit: bytes of all data addresses together.
        spent: bytes so far.
        count: pictures so far.
        unreadable: images that could not be read.
    """

    def __init__(self, limit: int):
        self.limit = limit
        self.spent = self.count = self.unreadable = 0

    def image(self, path: Path) -> np.ndarray | None:
        """The uint8 BGR image of a file; None when it cannot be read."""
        try:
            return read_bgr(path)
        except (DataError, OSError, ValueError):  # a name with a null byte is a ValueError
            self.unreadable += 1
            return None

    def picture(self, image_HWC: np.ndarray, limits: tuple[int, int], most_bytes: int) -> Picture | None:
        """The picture of an image; None when the album is full.

        Args:
            limits: width and height in pixels that it is shrunk to.
            most_bytes: it is shrunk further until its address has no more.
        """
        if not image_HWC.size:
            return None
        for step in range(_STEPS):
            address = encoded(image_HWC, (round(limits[0] * 0.7**step), round(limits[1] * 0.7**step)))
            if len(address) <= most_bytes:
                break
        if self.spent + len(address) > self.limit:
            return None
        self.spent += len(address)
        self.count += 1
        height, width = image_HWC.shape[:2]
        return Picture(address, width, height)
