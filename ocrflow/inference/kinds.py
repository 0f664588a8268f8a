"""Telling by its first bytes whether something is an image or a PDF; names and content types are not believed."""

from __future__ import annotations

START = 1024  # bytes that tell: a PDF's mark may be so far in (PDF 1.7, appendix H, implementation note 13)
_PDF = b"%PDF-"
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_IMAGES = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",  # JPEG
    b"GIF8",
    b"BM",
    *_TIFF,
    b"\0\0\0\x0cjP  ",  # JPEG 2000
    b"\xff\x4f\xff\x51",
    *(b"P%d" % number for number in range(1, 7)),  # PBM, PGM, PPM
)


def is_pdf(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a PDF."""
    return _PDF in start[:START]


def is_tiff(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a TIFF."""
    return start.startswith(_TIFF)


def looks_like_input(start: bytes) -> bool:
    """Whether the first bytes are those of a PDF or of an image that OpenCV may decode."""
    webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return is_pdf(start) or webp or start.startswith(_IMAGES)
