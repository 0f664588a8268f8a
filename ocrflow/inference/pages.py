"""The pages of a PDF, and of a TIFF with several, as images one at a time.

A PDF is drawn with PDFium at 144 dots an inch, as PaddleX does, with its forms filled in; a page that would have more
than `MOST_PIXELS` is drawn smaller. PDFium works for one thread at a time, so one lock guards it.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

from ocrflow.data.decoder import decode_page
from ocrflow.data.images import MAX_PIXELS
from ocrflow.errors import DataError
from ocrflow.inference.kinds import is_tiff

DOTS_PER_INCH = 144
MOST_PIXELS = 24_000_000
POINTS_PER_INCH = 72
_NEEDS_PASSWORD, _UNKNOWN_SECURITY = 4, 5  # PDFium's codes (fpdfview.h)
_lock = threading.Lock()


class Page(NamedTuple):
    """One page: its number from 1 (None: a plain image), how many there are, and its image or why there is none."""

    number: int | None
    of: int
    image: np.ndarray | DataError


def pdf_pages(document: Path | bytes, name: object) -> Iterator[Page]:
    """The pages of a PDF.

    Args:
        document: the file, or its bytes.
        name: for the messages.

    Raises:
        DataError: no PDF, a damaged one, one with a password, or without pages.
    """
    with _lock:
        opened = _opened(document, name)
    try:
        with _lock:
            count = len(opened)
        if not count:
            raise DataError(f"{name}: the PDF has no pages")
        for index in range(count):
            with _lock:
                image = _drawn(opened, index, name)
            yield Page(index + 1, count, image)
    finally:
        with _lock:
            opened.close()


def _opened(document: Path | bytes, name: object) -> Any:
    import pypdfium2

    try:
        opened = pypdfium2.PdfDocument(document)
        opened.init_forms()
    except FileNotFoundError as error:
        raise DataError(f"{name}: no such file") from error
    except pypdfium2.PdfiumError as error:
        raise _refused(name, error.err_code) from error
    return opened


def _refused(name: object, code: int | None) -> DataError:
    if code == _NEEDS_PASSWORD:
        fix = "save it without one: qpdf --decrypt --password=PASSWORD IN.pdf OUT.pdf"
        return DataError(f"{name}: the PDF needs a password to be opened", fix=fix)
    if code == _UNKNOWN_SECURITY:
        return DataError(f"{name}: the PDF is encrypted in a way that PDFium does not know")
    return DataError(f"{name}: not a PDF, a damaged one, or one without pages")


def _drawn(document: Any, index: int, name: object) -> np.ndarray | DataError:
    import pypdfium2

    try:
        page = document[index]
        try:
            width, height = page.get_size()
            scale = _scale(width, height)
            bitmap = page.render(scale=scale)
            image = bitmap.to_numpy()
            return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.shape[2] == 1 else image[:, :, :3].copy()
        finally:
            page.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        return DataError(f"{name}: page {index + 1} cannot be drawn: {error}")


def _scale(width: float, height: float) -> float:
    """Pixels a point for a page of so many points, at most `MOST_PIXELS` in all.

    Raises:
        ValueError: the page has no area, or is so long and thin that a side would have less than a pixel.
    """
    if not (width > 0 and height > 0):
        raise ValueError(f"it is {width:g} x {height:g} points large")
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, (MOST_PIXELS / (width * height)) ** 0.5)
    longest, shortest = max(width, height) * scale, min(width, height) * scale
    if shortest < 1 or longest > MOST_PIXELS:
        raise ValueError(f"it is {width:g} x {height:g} points large")
    return scale


def tiff_page_count(content: bytes) -> int:
    """How many pages the bytes of an image file have; 1 for what is no TIFF."""
    if not is_tiff(content):
        return 1
    try:
        with Image.open(io.BytesIO(content)) as image:
            return int(getattr(image, "n_frames", 1))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 1


def tiff_pages(content: bytes, name: object) -> Iterator[Page]:
    """The pages of a TIFF that has several, decoded as OpenCV decodes images."""
    count = tiff_page_count(content)
    with Image.open(io.BytesIO(content)) as header:
        for index in range(count):
            try:
                header.seek(index)
                page = decode_page(content, index) if header.width * header.height <= MAX_PIXELS else None
            except (OSError, EOFError, ValueError, SyntaxError):
                page = None
            bad = DataError(f"{name}: page {index + 1} is damaged, or has more than {MAX_PIXELS // 10**6} megapixels")
            yield Page(index + 1, count, bad if page is None else page)
