"""What is known of an image file."""

from __future__ import annotations

from typing import NamedTuple


class ImageFacts(NamedTuple):
    """What one look at an image file gives.

    Attributes:
        md5: hex MD5 of the file's bytes; empty when they cannot be read.
        width, height: pixels as training sees them; 0 when the image cannot be used.
        problem: fault code of what makes it unusable, or None.
        message: what was found, when there is a problem.
        dhash: 32 bytes, the difference hash (`near.difference_hash`); empty when the image cannot be used.
        orientation: EXIF orientation 1..8, already applied to width and height.
        notes: (code, message) of what is odd and stops nothing.
    """

    md5: str = ""
    width: int = 0
    height: int = 0
    problem: str | None = None
    message: str = ""
    dhash: bytes = b""
    orientation: int = 1
    notes: tuple[tuple[str, str], ...] = ()
