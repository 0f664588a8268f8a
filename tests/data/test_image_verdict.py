"""What a failed or complaining decoder means."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ocrflow.data.image_header import Header
from ocrflow.data.image_verdict import why_not_decoded, why_suspicious

GOOD = Header(80, 24, "JPEG")
CUT = Header(80, 24, "JPEG", complete=False)


def png() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((80, 24), 50).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "header", "complaint", "code", "message"),
    [
        (b"%PDF-1.4", None, "", "image_undecodable", "begins with b'%PDF-1.4'"),
        (b"\x89PNG\r\n\x1a\n", None, "", "image_truncated", "begins as an image but cannot be read"),
        (b"GIF89a", Header(1, 1, "GIF"), "", "image_undecodable", "a GIF file"),
        (png()[:-50], Header(80, 24, "PNG"), "", "image_truncated", "bytes)"),
        (
            png(),
            Header(80, 24, "PNG"),
            "",
            "image_undecodable",
            "a sound PNG file of a kind that OpenCV does not decode",
        ),
        (png(), Header(80, 24, "PNG"), "libpng error: IDAT: CRC error", "image_damaged", "libpng error: IDAT: CRC"),
        (b"x", CUT, "Unsupported marker", "image_truncated", "Unsupported marker (1 bytes)"),
    ],
)
def test_not_decoded(content: bytes, header: Header | None, complaint: str, code: str, message: str) -> None:
    found = why_not_decoded(content, header, complaint)
    assert found[0] == code and message in found[1]


def test_the_telling_part_of_what_opencv_says() -> None:
    complaint = (
        "[ WARN:0@0.726] global grfmt_tiff.cpp:832 readData failed\n"
        "OpenCV(4.10.0) /io/bitstrm.cpp:164: error: (-2:Unspecified error) Unexpected end of input stream\n"
    )
    found = why_not_decoded(png(), Header(80, 24, "PNG"), complaint)
    assert found[1].startswith("(-2:Unspecified error) Unexpected end") and "WARN" not in found[1]


def test_a_long_complaint_is_cut() -> None:
    assert len(why_not_decoded(png(), Header(80, 24, "PNG"), "x" * 5000)[1]) < 200
    assert len((why_suspicious(b"", GOOD, "Corrupt JPEG data: " + "x" * 5000) or ("", ""))[1]) <= 120


@pytest.mark.parametrize(
    ("header", "complaint", "code"),
    [
        (GOOD, "", None),
        (None, "", None),
        (GOOD, "[ WARN:0] something else", None),
        (CUT, "", "image_truncated"),
        (CUT, "libpng error: x", "image_truncated"),
        (GOOD, "Corrupt JPEG data: premature end of data segment", "image_damaged"),
        (GOOD, "Corrupt JPEG data: bad Huffman code", "image_damaged"),
        (GOOD, "libpng error: IDAT: CRC error", "image_damaged"),
        (GOOD, "Corrupt JPEG data: 3 extraneous bytes before marker 0xd9", "image_decoder_warning"),
        (GOOD, "Invalid SOS parameters for sequential JPEG", "image_decoder_warning"),
        (GOOD, "libpng warning: iCCP: known incorrect sRGB profile", None),
    ],
)
def test_decoded_with_a_complaint(header: Header | None, complaint: str, code: str | None) -> None:
    found = why_suspicious(b"", header, complaint)
    assert (found and found[0]) == code
    assert found is None or found[1]
