"""Bringing coordinates from the size that a label file speaks of to the image as it is shown.

Tools of today show an image as its EXIF orientation says, as training reads it; older ones showed the stored pixels.
Which it was shows in the size that the label file names, when the image lies on its side.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ocrflow.data.importers.content import BadContent
from ocrflow.data.importers.sample import Points
from ocrflow.data.importers.shapes import is_upright, rectangle

Size = tuple[float, float]
_ORIENTATION = 0x0112
_TURNED_BY_OPENCV = ("JPEG", "MPO", "PNG")  # and TIFF, of which Pillow gives the size as shown; not WebP
_TURNS: dict[int, Callable[[float, float, float, float], tuple[float, float]]] = {
    5: lambda x, y, width, height: (y, x),
    6: lambda x, y, width, height: (height - y, x),
    7: lambda x, y, width, height: (height - y, width - x),
    8: lambda x, y, width, height: (y, width - x),
}


@dataclass(frozen=True)
class Look:
    """Size of an image in pixels as stored, and its EXIF orientation 1..8."""

    stored: Size
    orientation: int

    @property
    def shown(self) -> Size:
        """Width and height as shown."""
        return (self.stored[1], self.stored[0]) if self.orientation in _TURNS else self.stored


def look_at(image: Path | bytes) -> Look | None:
    """The size of an image from its head; None when it cannot be read, which is left for the writer to tell."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(image) if isinstance(image, bytes) else image) as opened:
                if opened.format not in _TURNED_BY_OPENCV:
                    return Look(opened.size, 1)
                orientation = opened.getexif().get(_ORIENTATION, 1)
                return Look(opened.size, orientation if orientation in range(1, 9) else 1)
    except Exception:  # Pillow raises almost any class for damaged files
        return None


def placed(points: Points, drawn: Size | None, look: Look | None, *, scale: bool = False) -> Points:
    """The points in the image as shown.

    Args:
        points: in pixels of an image of the size `drawn`.
        drawn: width and height that the label file gives the image; None when it gives none.
        look: the image's true size; None when it cannot be read.
        scale: points were given as a share of the image, so that a smaller copy of it serves as well.

    Raises:
        BadContent: they were drawn on an image of another size.
    """
    if not drawn or not look or drawn == look.shown:
        return points
    if look.orientation in _TURNS and drawn == look.stored:
        turn = _TURNS[look.orientation]
        moved = tuple(turn(x, y, *drawn) for x, y in points)
        return rectangle(*moved[0], *moved[2]) if is_upright(points) else moved
    across, down = look.shown[0] / drawn[0], look.shown[1] / drawn[1]
    if scale and abs(across * drawn[1] - down * drawn[1]) <= 1 + 1e-9:
        return tuple((x * across, y * down) for x, y in points)
    width, height = look.shown
    raise BadContent(f"drawn on an image of {drawn[0]:g} x {drawn[1]:g} pixels, this one has {width:g} x {height:g}")
