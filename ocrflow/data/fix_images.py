"""Writing an image anew without EXIF orientation or transparency, or putting it in place as it is.

Pixels are those that OpenCV gives to training. JPEG is written with quality 95 and the chroma subsampling that it had,
everything else without loss, in the format that it had. Metadata is not kept.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
from pathlib import Path
from typing import Literal, get_args

import cv2
import numpy as np
from PIL import Image

from ocrflow.data.decoder import decode
from ocrflow.data.image_header import read_header
from ocrflow.errors import OutsideError
from ocrflow.files import write_failed

Link = Literal["copy", "hard", "symlink"]
LINKS = get_args(Link)
JPEG_QUALITY = 95
_WEBP_LOSSLESS = 101
_SUBSAMPLINGS = {
    (1, 1): cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    (2, 1): cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    (1, 2): cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440,
    (2, 2): cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    (4, 1): cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411,
}
_SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "WEBP": ".webp", "TIFF": ".tiff", "BMP": ".bmp"}
_TURNS = {  # EXIF orientation: OpenCV's flip of the stored pixels, then whether rows and columns change places
    2: (1, False),
    3: (-1, False),
    4: (0, False),
    5: (None, True),
    6: (0, True),
    7: (-1, True),
    8: (1, True),
}


def turned(image: np.ndarray, orientation: int) -> np.ndarray:
    """Stored pixels (H x W, any channels) as EXIF orientation 1..8 wants them shown."""
    flip, transpose = _TURNS.get(orientation, (None, False))
    flipped = image if flip is None else cv2.flip(image, flip)
    return cv2.transpose(flipped) if transpose else flipped


def is_turned_by_training(content: bytes, orientation: int) -> bool:
    """Whether OpenCV applies the orientation of this image file; it does not in WebP."""
    stored = decode(content, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    seen = decode(content)
    return (
        stored is not None
        and seen is not None
        and orientation != 1
        and np.array_equal(turned(stored, orientation), seen)
    )


def rewritten(content: bytes, as_stored: bool) -> bytes | None:
    """The file of an image without EXIF orientation and without transparency.

    Args:
        content: the bytes of an image file that OpenCV decodes.
        as_stored: take the stored pixels, not the turned ones that training sees.

    Returns:
        The bytes of the new file; None when OpenCV does not give the pixels that are wanted.
    """
    header = read_header(content)
    orientation = header.orientation if header else 1
    turns = orientation != 1 and is_turned_by_training(content, orientation)
    if as_stored and not turns:
        return None
    pixels = decode(content, cv2.IMREAD_COLOR | (cv2.IMREAD_IGNORE_ORIENTATION if as_stored else 0))
    layered = decode(content, cv2.IMREAD_UNCHANGED) if header and header.has_alpha else None
    assert pixels is not None
    if layered is not None and layered.shape[2:] == (4,):
        flat = on_white(layered)
        flat = turned(flat, orientation) if turns and not as_stored else flat
        if flat.shape != pixels.shape:
            return None
        pixels = flat
    return _encoded(pixels, content, header.format if header else "PNG", turns and not as_stored and orientation >= 5)


def on_white(image_BGRA: np.ndarray) -> np.ndarray:
    """An image of 8 or 16 bits with alpha, laid on white: uint8 H x W x 3 BGR."""
    scale = np.iinfo(image_BGRA.dtype).max
    alpha_HW1 = image_BGRA[:, :, 3:].astype(np.float32) / scale
    colour_HWC = image_BGRA[:, :, :3].astype(np.float32) / scale
    return np.rint((colour_HWC * alpha_HW1 + 1 - alpha_HW1) * 255).astype(np.uint8)


def _encoded(pixels: np.ndarray, content: bytes, format_name: str, quarter: bool) -> bytes:
    suffix = _SUFFIXES.get(format_name, ".png")
    options: list[int] = []
    if suffix == ".webp":
        options = [cv2.IMWRITE_WEBP_QUALITY, _WEBP_LOSSLESS]
    if suffix == ".jpg":
        with Image.open(io.BytesIO(content)) as image:
            layers = [(layer[1], layer[2]) for layer in getattr(image, "layer", [])]
        factors = layers[0][::-1] if quarter and layers else (*layers, (1, 1))[0]
        sampling = _SUBSAMPLINGS.get(factors, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)
        options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
        pixels = pixels[:, :, 0] if len(layers) == 1 else pixels
    return cv2.imencode(suffix, pixels, options)[1].tobytes()


def place(source: Path, target: Path, link: Link) -> None:
    """Put an unchanged image at `target`: a copy with its time, a hard link, or a link to its absolute path.

    Raises:
        OutsideError: the disk refuses, or a hard link would lead to another disk.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if link == "copy":
            shutil.copy2(source, target)
        elif link == "hard":
            os.link(source.resolve(), target)
        else:
            target.symlink_to(source.resolve())
    except OSError as error:
        if link == "hard" and error.errno in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            message = f"{source} cannot be hard-linked: {error.strerror}"
            raise OutsideError(message, fix="--link copy, or --link symlink") from error
        raise write_failed(target, error) from error
