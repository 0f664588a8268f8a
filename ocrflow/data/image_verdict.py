"""What it means when OpenCV does not decode an image, or complains while it does."""

from __future__ import annotations

import io
import re

from PIL import Image, UnidentifiedImageError

from ocrflow.data.image_header import JPEG_MAGIC, PNG_MAGIC, Header

_MAGICS = (PNG_MAGIC, JPEG_MAGIC, b"BM", b"RIFF", b"II*\0", b"MM\0*")
_NOT_BY_OPENCV = ("GIF", "ICO", "PSD", "PCX", "TGA", "MPEG", "XPM", "AVIF", "HEIF")
_ENDS_EARLY = re.compile(
    r"incomplete|truncat|end of|too short|Not enough|inconsistent with stream|0 bytes|failed TIFFRead", re.IGNORECASE
)
_ERROR = re.compile(r"Corrupt JPEG data: (?!\d+ extraneous bytes).*|libpng error.*|.*[Bb]ad Huffman.*|Premature end.*")
_EXTRANEOUS = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes")
_MANY = 64  # so many bytes between two segments are lost image data, not padding
_COMPLAINT = re.compile(r"Corrupt JPEG data.*|Invalid SOS.*|Inconsistent progression.*")
_SHOWN = 120


def why_not_decoded(content: bytes, header: Header | None, complaint: str) -> tuple[str, str]:
    """Code and message for bytes that OpenCV did not decode.

    Args:
        content: the bytes of the file.
        header: what its head says; None when nothing recognised it.
        complaint: what OpenCV's decoders wrote.
    """
    if header is None and not content.startswith(_MAGICS):
        return "image_undecodable", f"not an image that OpenCV decodes; it begins with {content[:8]!r}"
    if header and header.format in _NOT_BY_OPENCV:
        return "image_undecodable", f"a {header.format} file, which OpenCV does not decode"
    reason = _said(complaint) or _pillow_says(content)
    size = f"({len(content)} bytes)"
    if header is None:
        return "image_truncated", f"begins as an image but cannot be read: {reason} {size}"
    if not header.complete or _ENDS_EARLY.search(reason):
        return "image_truncated", f"{reason} {size}"
    if _pillow_says(content) == "" and not _ERROR.search(complaint):
        return "image_undecodable", f"a sound {header.format} file of a kind that OpenCV does not decode {size}"
    return "image_damaged", f"{reason or 'cannot be decoded'} {size}"


def why_suspicious(content: bytes, header: Header | None, complaint: str) -> tuple[str, str] | None:
    """Code and message for an image that was decoded although its data is not as it should be; None when it is.

    Of TIFF files OpenCV tells nothing; Pillow notices damaged deflate data, nobody damaged LZW data.
    """
    if header and not header.complete:
        return "image_truncated", "the end-of-image mark is missing; what lacks is decoded as grey"
    if header and header.format == "TIFF":
        reason = _pillow_says(content)
        return ("image_damaged", reason) if "decoder error" in reason else None
    found = _ERROR.search(complaint)
    if found:
        return "image_damaged", found[0][:_SHOWN]
    bytes_lost = _EXTRANEOUS.search(complaint)
    if bytes_lost and int(bytes_lost[1]) > _MANY:
        return "image_damaged", bytes_lost[0]
    found = _COMPLAINT.search(complaint)
    return ("image_decoder_warning", found[0][:_SHOWN]) if found else None


def _said(complaint: str) -> str:
    """The telling part of what OpenCV wrote."""
    for line in complaint.splitlines():
        text = line.rpartition(" error: ")[2] if "OpenCV" in line else line
        if text.strip() and not text.startswith("["):
            return text.strip()[:_SHOWN]
    return ""


def _pillow_says(content: bytes) -> str:
    """Why Pillow cannot decode it either; empty when it can."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
    except UnidentifiedImageError:  # its text names an object in memory
        return "its head is incomplete or damaged"
    except Exception as error:  # Pillow's decoders raise almost any class for damaged bytes
        return (str(error) or type(error).__name__)[:_SHOWN]
    return ""
