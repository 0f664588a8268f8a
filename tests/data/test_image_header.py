"""What the head of an image file says, against Pillow and against hostile bytes."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ocrflow.data.image_header import Header, TooManyPixels, read_header

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 80, 3), dtype=np.uint8)
SIZES = [(1, 1), (80, 24), (24, 80), (255, 256), (1031, 7)]
FORMATS = ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM"]
MORE_FORMATS = ["ICO", "TGA", "PCX", "JPEG2000", "DDS", "ICNS", "SGI", "QOI", "SPIDER", "MSP", "EPS", "AVIF", "MPO"]
MANY = settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def encoded(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    (image or Image.fromarray(PIXELS)).save(buffer, kind, **options)
    return buffer.getvalue()


def with_orientation(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def never_fails(content: bytes) -> None:
    """A header with a size, or None, or TooManyPixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            header = read_header(content)
        except TooManyPixels:
            return
    if header is not None:
        assert header.width >= 0 and header.height >= 0 and header.orientation in range(1, 9)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_size_and_format_are_those_of_pillow(kind: str, size: tuple[int, int], mode: str) -> None:
    content = encoded(kind, Image.new(mode, size))
    with Image.open(io.BytesIO(content)) as image:
        assert read_header(content) == Header(*image.size, str(image.format))
        assert image.size == size


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"optimize": True}, {"quality": 1}, {"comment": b"\xff\xd9\xff"}]
)
def test_kinds_of_jpeg(options: dict[str, object]) -> None:
    assert read_header(encoded("JPEG", **options)) == Header(80, 24, "JPEG")
    cut = read_header(encoded("JPEG", **options)[:-1])
    assert cut is not None and not cut.complete


def test_a_jpeg_with_a_thumbnail_is_complete_only_with_its_own_end() -> None:
    """The thumbnail in the EXIF data ends with the same two bytes."""
    exif = b"Exif\0\0" + Image.Exif().tobytes().removeprefix(b"Exif\0\0") + encoded("JPEG", Image.new("RGB", (16, 16)))
    content = encoded("JPEG", exif=exif)
    assert content.count(b"\xff\xd9") == 2
    header, cut = read_header(content), read_header(content[:-2])
    assert header is not None and (header.width, header.height, header.complete) == (80, 24, True)
    assert cut is not None and (cut.width, cut.height, cut.complete) == (80, 24, False)


def test_fill_bytes_before_a_jpeg_marker_are_skipped() -> None:
    content = encoded("JPEG")
    at = content.index(b"\xff\xc0")
    assert read_header(content[:at] + b"\xff" * 5 + content[at:]) == Header(80, 24, "JPEG")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_orientation(kind: str, orientation: int) -> None:
    header = read_header(encoded(kind, exif=with_orientation(orientation)))
    assert header is not None and (header.width, header.height) == (80, 24)
    assert header.orientation == orientation


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_exif_does_not_know_is_none(orientation: int) -> None:
    header = read_header(encoded("JPEG", exif=with_orientation(orientation)))
    assert header is not None and header.orientation == 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_alpha(kind: str) -> None:
    header = read_header(encoded(kind, Image.new("RGBA", (9, 9))))
    assert header is not None and header.has_alpha
    header = read_header(encoded(kind))
    assert header is not None and not header.has_alpha


def test_kinds_of_transparent_png() -> None:
    palette = encoded("PNG", Image.new("P", (9, 9)), transparency=0)
    grey = encoded("PNG", Image.new("L", (9, 9)), transparency=3)
    both = encoded("PNG", Image.new("LA", (9, 9)))
    opaque = encoded("PNG", Image.new("P", (9, 9)))
    found = [read_header(content) for content in (palette, grey, both, opaque)]
    assert [header and header.has_alpha for header in found] == [True, True, True, False]


def test_a_size_beyond_what_pillow_opens() -> None:
    bmp = bytearray(encoded("BMP"))
    bmp[18:26] = struct.pack("<ii", 30_000, 30_000)
    with pytest.raises(TooManyPixels):
        read_header(bytes(bmp))


def test_a_png_head_promises_what_it_likes() -> None:
    content = bytearray(encoded("PNG"))
    content[16:24] = struct.pack(">II", 2**31, 3)
    header = read_header(bytes(content))
    assert header is not None and (header.width, header.height) == (2**31, 3)


@pytest.mark.parametrize("content", [b"", b"\xff", b"hello", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"RIFF"])
def test_what_is_no_image(content: bytes) -> None:
    assert read_header(content) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_each_truncation(kind: str) -> None:
    content = encoded(kind, Image.fromarray(PIXELS[:8, :8]), exif=with_orientation(6))
    for length in range(len(content)):
        never_fails(content[:length])
    header = read_header(content[:-1])
    assert header is not None and header.complete is (kind == "PNG")


CONTENTS: list[bytes] = []
for _kind in [*FORMATS, *MORE_FORMATS]:
    _image = Image.fromarray(PIXELS).convert("1" if _kind == "MSP" else "RGB")
    try:
        CONTENTS.append(encoded(_kind, _image))
    except (KeyError, OSError):  # this build of Pillow does not write it
        continue
CONTENTS += [encoded(kind, exif=with_orientation(6)) for kind in ("PNG", "JPEG", "WEBP", "TIFF")]


@MANY
@given(st.binary(max_size=200), st.sampled_from([b"", *(content[:8] for content in CONTENTS)]))
def test_random_bytes(content: bytes, magic: bytes) -> None:
    never_fails(magic + content)


@MANY
@given(st.sampled_from(CONTENTS), st.data())
def test_damaged_heads(content: bytes, data: st.DataObject) -> None:
    draw: Callable[..., int] = data.draw
    damaged = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        damaged[draw(st.integers(0, min(len(content), 300) - 1))] = draw(st.sampled_from([0, 1, 127, 128, 255]))
    never_fails(bytes(damaged[: draw(st.integers(0, len(content)))]))


def test_a_head_that_a_plugin_of_pillow_fails_on() -> None:
    """An AVIF file without its image item makes Pillow's plugin raise RuntimeError, a DDS file NotImplementedError."""
    dds = b"DDS " + struct.pack("<7I", 124, 0, 9, 9, 0, 0, 0) + bytes(44) + struct.pack("<8I", 32, 0, 0, 0, 0, 0, 0, 0)
    with pytest.raises(NotImplementedError):
        Image.open(io.BytesIO(dds + bytes(20)))
    assert read_header(dds + bytes(20)) is None
