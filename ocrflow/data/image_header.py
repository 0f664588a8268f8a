"""What the head of an image file says, without decoding it: size, format, EXIF orientation, transparency.

PNG and JPEG, nearly all of what is labelled, are read here; Pillow reads the rest. Formats: PNG specification (ISO/IEC
15948), JPEG (ITU-T T.81, annex B), EXIF 2.32 (tag 0x0112).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

from PIL import Image

PNG_MAGIC, JPEG_MAGIC = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_EXIF_ORIENTATION = 0x0112
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG's start-of-frame markers
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))  # JPEG markers without a segment
_END_OF_IMAGE, _START_OF_SCAN, _APP1 = 0xD9, 0xDA, 0xE1
SUFFIXES_OF_FORMAT = {
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".jpg", ".jpeg", ".mpo"),
    "BMP": (".bmp", ".dib"),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "GIF": (".gif",),
    "JPEG2000": (".jp2", ".j2k"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
}


class TooManyPixels(Exception):
    """Pillow refuses the image for its size."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known before decoding.

    Attributes:
        width, height: pixels as stored, before EXIF turns them.
        format: Pillow's name of the format.
        orientation: EXIF orientation 1..8; 1 when there is none.
        has_alpha: there may be transparent pixels.
        complete: False when the end of the image data is missing; only JPEG is looked at.
    """

    width: int
    height: int
    format: str
    orientation: int = 1
    has_alpha: bool = False
    complete: bool = True


def read_header(content: bytes) -> Header | None:
    """The header of an image file's bytes, or None when no format is recognised.

    Raises:
        TooManyPixels: the size is beyond what Pillow opens.
    """
    if content.startswith(PNG_MAGIC):
        return _png(content) or _by_pillow(content)
    if content.startswith(JPEG_MAGIC):
        return _jpeg(content) or _by_pillow(content)
    return _by_pillow(content)


def _png(content: bytes) -> Header | None:
    if content[12:16] != b"IHDR" or len(content) < 33:
        return None
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    before_data = max(content.find(b"IDAT"), 33)
    has_alpha = content[25] in (4, 6) or content.find(b"tRNS", 33, before_data) >= 0
    header = Header(width, height, "PNG", has_alpha=has_alpha)
    return _turned(header, content) if b"eXIf" in content else header


def _jpeg(content: bytes) -> Header | None:
    """Walk the segments up to the first scan; the scan's data holds FF D9 only as the end of the image."""
    position, size, has_exif = 2, (0, 0), False
    while True:
        position = content.find(b"\xff", position)
        while 0 <= position < len(content) and content[position] == 0xFF:
            position += 1
        if position < 0 or position + 3 > len(content):
            return None
        marker, start = content[position], position + 1
        position = start
        if marker in _ALONE:
            continue
        if marker == _END_OF_IMAGE:
            return None
        if marker in _SIZES:
            size = int.from_bytes(content[start + 5 : start + 7]), int.from_bytes(content[start + 3 : start + 5])
        has_exif |= marker == _APP1 and content[start + 2 : start + 8] == b"Exif\0\0"
        position += int.from_bytes(content[start : start + 2])
        if marker == _START_OF_SCAN:
            break
    if not all(size):
        return None
    header = Header(*size, "JPEG", complete=content.find(b"\xff\xd9", position) >= 0)
    return _turned(header, content) if has_exif else header


def _turned(header: Header, content: bytes) -> Header:
    """The header with the orientation that Pillow finds."""
    found = _by_pillow(content)
    return replace(header, orientation=found.orientation) if found else header


def _by_pillow(content: bytes) -> Header | None:
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            return Header(width, height, image.format or "", _orientation(image), _may_be_transparent(image))
    except Image.DecompressionBombError as error:
        raise TooManyPixels(str(error)) from error
    except Exception:  # Pillow's plugins raise almost any class for damaged heads
        return None


def _orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(_EXIF_ORIENTATION, 1)
    except Exception:  # Pillow's EXIF reader raises almost any class for damaged tags
        return 1
    return found if found in range(1, 9) else 1


def _may_be_transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info
