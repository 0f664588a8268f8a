"""Where an image comes from: a file, a URL or an array. Each source opens itself, in a thread that reads ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrflow.data.http_errors import shown
from ocrflow.data.image_header import TooManyPixels, read_header
from ocrflow.data.images import HEAVY_BYTES, HEAVY_PIXELS, decode_bgr, read_bgr, read_content
from ocrflow.errors import DataError
from ocrflow.inference.kinds import START, is_pdf
from ocrflow.inference.pages import Page, pdf_pages, tiff_page_count, tiff_pages
from ocrflow.inference.urls import fetched

Opened = np.ndarray | Callable[[], Iterator[Page]]  # an image, or what gives images when their turn has come


@dataclass(frozen=True)
class FileSource:
    """An image file, or a PDF."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    def open(self) -> Opened:
        """The image; for a large one, a PDF or a TIFF with pages the way to read it later.

        Raises:
            DataError: it cannot be read.
        """
        if self.path.is_file():
            try:
                with self.path.open("rb") as file:
                    start = file.read(START)
            except OSError as error:
                raise DataError(f"{self.path}: {error.strerror or error}") from error
            if is_pdf(start):
                return lambda: pdf_pages(self.path, self.path)
            if self.path.stat().st_size > HEAVY_BYTES:
                return lambda: _opened_now(read_content(self.path), self.path)
        content = read_content(self.path)
        opened = _opened(content, self.path)
        return opened if opened is not None else lambda: _one(read_bgr(self.path))


@dataclass(frozen=True)
class UrlSource:
    """An image or a PDF behind an http(s) address."""

    url: str

    @property
    def name(self) -> str:
        return shown(self.url)

    def open(self) -> Opened:
        """As `FileSource.open`; fetches it.

        Raises:
            DataError: it cannot be fetched or read.
        """
        content = fetched(self.url)
        if is_pdf(content[:START]):
            return lambda: pdf_pages(content, self.name)
        opened = _opened(content, self.name)
        return opened if opened is not None else lambda: _one(decode_bgr(content, self.name))


@dataclass(frozen=True)
class ArraySource:
    """Pixels: uint8 H x W x 3 in BGR order."""

    pixels: np.ndarray
    name: str

    def open(self) -> Opened:
        """The array itself.

        Raises:
            DataError: it has another shape or type, or no pixels.
        """
        pixels = self.pixels
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
            got = f"{pixels.dtype} of shape {pixels.shape}"
            fix = "cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) or COLOR_BGRA2BGR"
            raise DataError(f"{self.name}: expected uint8 H x W x 3 in BGR order, got {got}", fix=fix)
        return pixels


Source = FileSource | UrlSource | ArraySource


def _opened(content: bytes, name: object) -> Opened | None:
    """The image or the TIFF's pages; None for an image so large that it must wait for its turn."""
    if tiff_page_count(content) > 1:
        return lambda: tiff_pages(content, name)
    try:
        header = read_header(content)
    except TooManyPixels:
        header = None
    if header and header.width * header.height > HEAVY_PIXELS:
        return None
    return decode_bgr(content, name)


def _opened_now(content: bytes, name: object) -> Iterator[Page]:
    if tiff_page_count(content) > 1:
        yield from tiff_pages(content, name)
    else:
        yield from _one(decode_bgr(content, name))


def _one(image: np.ndarray) -> Iterator[Page]:
    yield Page(None, 1, image)
