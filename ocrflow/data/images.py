"""Reading images as training does, and finding out everything that is wrong with an image file.

Images are uint8 arrays of shape H x W x 3 in BGR order. Alpha is dropped and the EXIF orientation applied, as
OpenCV's `imdecode(IMREAD_COLOR)` does; PaddleX reads them the same way.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path

import cv2
import numpy as np

from ocrflow.data.decoder import decode, decode_listening
from ocrflow.data.image_facts import ImageFacts
from ocrflow.data.image_header import SUFFIXES_OF_FORMAT, Header, TooManyPixels, read_header
from ocrflow.data.image_verdict import why_not_decoded, why_suspicious
from ocrflow.data.near import difference_hash
from ocrflow.errors import DataError

MAX_PIXELS = 64_000_000
MAX_BYTES = 256 * 2**20
HEAVY_PIXELS, HEAVY_BYTES = 12_000_000, 2**25  # beyond either, one image at a time
MIN_SIDE = 4
_REDUCED_FROM = 320  # pixels of the shorter side of a JPEG
_NEVER_TURNED = ("WEBP",)  # OpenCV 4.10 applies the EXIF orientation of JPEG, PNG and TIFF
SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif"))
heavy_work: AbstractContextManager[object] = nullcontext()  # a lock among the processes that inspect


class _Unusable(Exception):
    """Carries fault code and message out of the inspection."""


def read_bgr(path: Path) -> np.ndarray:
    """The image as uint8 H x W x 3 BGR.

    Raises:
        DataError: the file cannot be read, is no image that OpenCV decodes, or has more than 64 megapixels.
    """
    return decode_bgr(read_content(path), path)


def read_content(path: Path) -> bytes:
    """The bytes of a file of a size that an image can have.

    Raises:
        DataError: it cannot be read, is no regular file, or is too large.
    """
    try:
        return _content(path)
    except _Unusable as error:
        raise _not_read(path, error) from error


def decode_bgr(content: bytes, name: object) -> np.ndarray:
    """The image in the bytes of a file as uint8 H x W x 3 BGR; `name` is for the message.

    Raises:
        DataError: no image that OpenCV decodes, or more than 64 megapixels.
    """
    try:
        header = _header(content)
        image = decode(content)
        if image is None:
            raise _Unusable(*why_not_decoded(content, header, ""))
    except _Unusable as error:
        raise _not_read(name, error) from error
    return image


def _not_read(name: object, error: _Unusable) -> DataError:
    return DataError(f"{name}: {error.args[1]}", fix="ocrflow check-dataset names all such images")


def inspect(path: Path) -> ImageFacts:
    """Read, hash and decode one image file; never raises for a bad one."""
    md5 = ""
    try:
        with ExitStack() as turn:
            content = _content(path, turn)
            md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
            header = _header(content)
            if header and header.width * header.height > HEAVY_PIXELS:
                turn.enter_context(heavy_work)
            return _verified(path, content, header, md5)
    except _Unusable as error:
        return ImageFacts(md5, problem=error.args[0], message=error.args[1])


def _content(path: Path, turn: ExitStack | None = None) -> bytes:
    """The bytes of a regular file of a size that an image can have; a large one waits for its `turn`."""
    with _reading():
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a FIFO does not block
        try:
            size = _size(os.fstat(descriptor))
            if turn and size > HEAVY_BYTES:
                turn.enter_context(heavy_work)
            return _all_bytes(descriptor, size)
        finally:
            os.close(descriptor)


def _size(status: os.stat_result) -> int:
    if stat.S_ISDIR(status.st_mode):
        raise _Unusable("image_is_directory", "expected an image file, got a folder")
    if not stat.S_ISREG(status.st_mode):
        raise _Unusable("image_unreadable", "not a regular file")
    if status.st_size > MAX_BYTES:
        raise _Unusable("image_too_large", f"the file has {status.st_size / 1e6:.0f} MB, at most 268 are read")
    return status.st_size


def _all_bytes(descriptor: int, size: int) -> bytes:
    content = os.read(descriptor, size + 1)
    while len(content) < size and (more := os.read(descriptor, size + 1 - len(content))):
        content += more
    return content


@contextmanager
def _reading() -> Iterator[None]:
    """What the system says against a file as fault code and message."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _Unusable("image_missing", "no such file") from error
    except ValueError as error:
        raise _Unusable("path_invalid", str(error)) from error
    except OSError as error:
        code = "path_invalid" if error.errno in (errno.ENAMETOOLONG, errno.ELOOP) else "image_unreadable"
        raise _Unusable(code, error.strerror or str(error)) from error


def _header(content: bytes) -> Header | None:
    """The header, if the image is not too large to decode."""
    if not content:
        raise _Unusable("image_empty", "the file has 0 bytes")
    try:
        header = read_header(content)
    except TooManyPixels as error:
        raise _Unusable("image_too_large", str(error)) from error
    if header and header.width * header.height > MAX_PIXELS:
        megapixels = header.width * header.height / 1e6
        size = f"{header.width} x {header.height} = {megapixels:.0f} megapixels"
        raise _Unusable("image_too_large", f"{size}, at most {MAX_PIXELS // 10**6} are read")
    return header


def _verified(path: Path, content: bytes, header: Header | None, md5: str) -> ImageFacts:
    """The facts of an image that OpenCV decodes without an error and completely.

    A large JPEG is decoded at an eighth of its size: all of its entropy-coded data is read and checked as ever, only
    the inverse transform, which cannot fail, is shorter.
    """
    reduced = header and header.format == "JPEG" and min(header.width, header.height) >= _REDUCED_FROM
    image, complaint = decode_listening(content, cv2.IMREAD_REDUCED_GRAYSCALE_8 if reduced else cv2.IMREAD_COLOR)
    if image is None:
        raise _Unusable(*why_not_decoded(content, header, complaint))
    height, width = _size_as_trained(header) if header and reduced else image.shape[:2]
    suspicious = why_suspicious(content, header, complaint)
    if suspicious and suspicious[0] in ("image_truncated", "image_damaged"):
        raise _Unusable(*suspicious)
    if min(height, width) < MIN_SIDE:
        raise _Unusable("image_too_small", f"{width} x {height} pixels, expected {MIN_SIDE} x {MIN_SIDE} at least")
    notes = [suspicious] if suspicious else []
    notes += _oddities(path, content, header)
    orientation = header.orientation if header and header.format not in _NEVER_TURNED else 1
    dhash = difference_hash(image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
    return ImageFacts(md5, width, height, None, "", dhash, orientation, tuple(notes))


def _size_as_trained(header: Header) -> tuple[int, int]:
    """Height and width of a JPEG after its orientation is applied."""
    return (header.width, header.height) if header.orientation >= 5 else (header.height, header.width)


def _oddities(path: Path, content: bytes, header: Header | None) -> Iterator[tuple[str, str]]:
    """What is odd about an image that training can use."""
    if not header:
        return
    if path.suffix.lower() not in SUFFIXES_OF_FORMAT.get(header.format, (path.suffix.lower(),)):
        yield "image_suffix", f"a {header.format} file with the suffix {path.suffix!r}"
    if header.orientation != 1:
        unlike = f", which OpenCV does not apply to {header.format}" if header.format in _NEVER_TURNED else ""
        yield "image_exif_rotated", f"EXIF orientation {header.orientation}{unlike}"
    if header.has_alpha:
        image = decode(content, cv2.IMREAD_UNCHANGED)
        opaque = 255 if image is None or image.dtype == np.uint8 else 65535
        transparent = int((image[:, :, 3] < opaque).sum()) if image is not None and image.shape[2:] == (4,) else 0
        if transparent:
            share = transparent / (header.width * header.height)
            yield "image_transparent", f"{share:.0%} of the pixels are transparent"
