"""Reading images as training does, and finding out everything that is wrong with an image file.

Images are uint8 arrays of shape H x W x 3 in BGR order. Alpha is dropped and the EXIF orientation applied, as
OpenCV's `imdecode(IMREAD_COLOR)` does; PaddleX reads them the same way.
"""

from __future__ import annotations

import errno
import hashlib
import io
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from ocrflow.errors import DataError

MAX_PIXELS = 100_000_000
MAX_BYTES = 4 * MAX_PIXELS
MIN_SIDE = 4
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_MAGICS = (_PNG, b"\xff\xd8\xff", b"BM", b"RIFF", b"II*\0", b"MM\0*")
SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif"))


@dataclass(frozen=True)
class ImageFacts:
    """What one look at an image file gives.

    Attributes:
        md5: hex MD5 of the file's bytes; empty when they cannot be read.
        width, height: pixels as training sees them; 0 when the image cannot be used.
        problem: fault code, or None.
        message: what was found, when there is a problem.
    """

    md5: str = ""
    width: int = 0
    height: int = 0
    problem: str | None = None
    message: str = ""


class _Unusable(Exception):
    """Carries fault code and message out of the inspection."""


def read_bgr(path: Path) -> np.ndarray:
    """The image as uint8 H x W x 3 BGR.

    Raises:
        DataError: the file cannot be read, is no image that OpenCV decodes, or has more than 100 megapixels.
    """
    try:
        content = _content(path)
        _refuse_large(_header(content))
        return _decode(content)
    except _Unusable as error:
        raise DataError(f"{path}: {error.args[1]}", fix="ocrflow check-dataset names all such images") from error


def inspect(path: Path) -> ImageFacts:
    """Read, hash and fully decode one image file; never raises for a bad one."""
    md5 = ""
    try:
        content = _content(path)
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        height, width = _verified_size(content)
    except _Unusable as error:
        return ImageFacts(md5, problem=error.args[0], message=error.args[1])
    return ImageFacts(md5, width, height)


def _content(path: Path) -> bytes:
    """The bytes of a regular file of a size that an image can have."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _Unusable("image_is_directory", "expected an image file, got a folder")
        if not stat.S_ISREG(status.st_mode):
            raise _Unusable("image_unreadable", "not a regular file")
        if status.st_size > MAX_BYTES:
            raise _Unusable("image_too_large", f"the file has {status.st_size / 1e6:.0f} MB, at most 400 are read")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _Unusable("image_missing", "no such file") from error
    except ValueError as error:
        raise _Unusable("path_invalid", str(error)) from error
    except OSError as error:
        code = "path_invalid" if error.errno in (errno.ENAMETOOLONG, errno.ELOOP) else "image_unreadable"
        raise _Unusable(code, error.strerror or str(error)) from error


def _verified_size(content: bytes) -> tuple[int, int]:
    """Height and width after a full decode by Pillow, which notices missing bytes, and by OpenCV, which trains."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = _header(content)
        _refuse_large(header)
        _refuse_damaged(content, header)
    height, width = _decode(content).shape[:2]
    if min(height, width) < MIN_SIDE:
        raise _Unusable("image_too_small", f"{width} x {height} pixels, expected {MIN_SIDE} x {MIN_SIDE} at least")
    return height, width


def _header(content: bytes) -> tuple[int, int] | None:
    """Width and height from the file's head without decoding; None when Pillow does not know the format."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.size
    except Image.DecompressionBombError as error:
        raise _Unusable("image_too_large", str(error)) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None


def _refuse_large(size: tuple[int, int] | None) -> None:
    if size and size[0] * size[1] > MAX_PIXELS:
        megapixels = size[0] * size[1] / 1e6
        raise _Unusable("image_too_large", f"{size[0]} x {size[1]} = {megapixels:.0f} megapixels, at most 100 are read")


def _refuse_damaged(content: bytes, header: tuple[int, int] | None) -> None:
    if content.startswith(_PNG) and _PNG_END not in content:
        raise _Unusable("image_truncated", f"the end mark of a PNG is missing ({len(content)} bytes)")
    if not header:
        if content.startswith(_MAGICS):
            raise _Unusable("image_truncated", f"begins as an image but cannot be read ({len(content)} bytes)")
        return
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
    except Exception as error:  # Pillow's decoders raise almost any class for damaged bytes
        raise _Unusable("image_truncated", f"{error} ({len(content)} bytes)") from error


def _decode(content: bytes) -> np.ndarray:
    if not content:
        raise _Unusable("image_empty", "the file has 0 bytes")
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise _Unusable("image_undecodable", f"OpenCV: {error}".strip()) from error
    if image is None:
        raise _Unusable("image_undecodable", f"not an image that OpenCV decodes; it begins with {content[:8]!r}")
    return image
