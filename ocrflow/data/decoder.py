"""Decoding with OpenCV, as training does, and hearing what its decoders complain about.

libjpeg and libpng, as OpenCV builds them in, write to the file descriptor 2 when data is damaged and go on as if
nothing had happened. While an image is verified that descriptor is a temporary file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np

_STDERR = 2
_LONGEST = 2000  # bytes of a complaint that are read


class _Ear:
    """The file that the decoders write to, opened once a process."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self.number = self.file.fileno()

    @contextmanager
    def listening(self) -> Iterator[None]:
        saved = os.dup(_STDERR)
        os.dup2(self.number, _STDERR)
        try:
            yield
        finally:
            os.dup2(saved, _STDERR)
            os.close(saved)

    def heard(self) -> str:
        """What was written since the last call."""
        if not os.lseek(self.number, 0, os.SEEK_CUR):
            return ""
        text = os.pread(self.number, _LONGEST, 0)
        os.ftruncate(self.number, 0)
        os.lseek(self.number, 0, os.SEEK_SET)
        return text.decode("utf-8", "replace").strip()


_ear: _Ear | None = None


def decode(content: bytes, flags: int = cv2.IMREAD_COLOR) -> np.ndarray | None:
    """The image as OpenCV gives it, uint8 H x W x 3 BGR by default, or None when it cannot."""
    if not content:
        return None
    try:
        return cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except cv2.error:
        return None


def decode_page(content: bytes, index: int) -> np.ndarray | None:
    """The page number `index` (from 0) of a file with several, as `decode` gives it."""
    try:
        done, images = cv2.imdecodemulti(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR, range=(index, index + 1))
    except cv2.error:
        return None
    return images[0] if done and len(images) == 1 else None


def decode_listening(content: bytes, flags: int = cv2.IMREAD_COLOR) -> tuple[np.ndarray | None, str]:
    """The image, and what the decoders said of it; an empty text when they were content."""
    global _ear
    if _ear is None or _ear.owner != os.getpid():
        _ear = _Ear()
    with _ear.listening():
        image = decode(content, flags)
    return image, _ear.heard()
