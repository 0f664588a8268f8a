"""Image files of all kinds: those that training reads, and broken ones."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from anchor_toy import encoded
from PIL import Image

Encoder = Callable[[Image.Image], bytes]
NO_IMAGE = b"This is a page of text and no image at all. " * 20


def opaque(image: Image.Image) -> Image.Image:
    """RGBA without a transparent pixel."""
    return image.convert("RGBA")


def transparent(image: Image.Image) -> Image.Image:
    """RGBA of which the left half is transparent."""
    with_alpha = image.convert("RGBA")
    with_alpha.paste((255, 255, 255, 0), (0, 0, image.width // 2, image.height))
    return with_alpha


def sixteen_bits(image: Image.Image) -> bytes:
    """A grayscale PNG of 16 bits."""
    return cv2.imencode(".png", np.asarray(image.convert("L")).astype(np.uint16) * 257)[1].tobytes()


def sixteen_bits_colour(image: Image.Image) -> bytes:
    """A colour PNG of 16 bits a channel."""
    return cv2.imencode(".png", np.asarray(image)[:, :, ::-1].astype(np.uint16) * 257)[1].tobytes()


FORMATS: list[tuple[str, str, Encoder]] = [
    ("grayscale PNG", ".png", lambda image: encoded(image.convert("L"))),
    ("grayscale JPEG", ".jpg", lambda image: encoded(image.convert("L"), "JPEG")),
    ("black and white PNG", ".png", lambda image: encoded(image.convert("1"))),
    ("opaque RGBA PNG", ".png", lambda image: encoded(opaque(image))),
    ("opaque grayscale with alpha PNG", ".png", lambda image: encoded(opaque(image).convert("LA"))),
    ("16 bit PNG", ".png", sixteen_bits),
    ("16 bit colour PNG", ".png", sixteen_bits_colour),
    ("palette PNG", ".png", lambda image: encoded(image.convert("P", palette=Image.Palette.ADAPTIVE))),
    ("CMYK JPEG", ".jpg", lambda image: encoded(image.convert("CMYK"), "JPEG")),
    ("progressive JPEG", ".jpeg", lambda image: encoded(image, "JPEG", progressive=True)),
    ("JPEG, suffix in capitals", ".JPG", lambda image: encoded(image, "JPEG")),
    ("lossy WebP", ".webp", lambda image: encoded(image, "WEBP")),
    ("lossless WebP", ".webp", lambda image: encoded(image, "WEBP", lossless=True)),
    ("BMP", ".bmp", lambda image: encoded(image, "BMP")),
    ("palette BMP", ".bmp", lambda image: encoded(image.convert("P"), "BMP")),
    ("TIFF", ".tif", lambda image: encoded(image, "TIFF")),
]


def exif_rotated(image: Image.Image, orientation: int = 6, **options: int) -> bytes:
    """A JPEG of `image` whose EXIF orientation turns it; 6 is a quarter turn clockwise."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image, "JPEG", exif=exif.tobytes(), **options)


def cut(content: bytes, missing: int | None = None) -> bytes:
    """The file without its last bytes, by default without its second half."""
    return content[: -missing if missing else len(content) // 2]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, compressed: bytes, bit_depth: int = 1, colour_type: int = 0) -> bytes:
    """A PNG file from its parts: pixels already compressed."""
    head = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", compressed) + _chunk(b"IEND", b"")


@lru_cache
def bomb_png(side: int = 14_000, channels: int = 1) -> bytes:
    """A complete PNG of side x side black pixels: 1 bit each, or 8 bits in 3 channels."""
    row = 1 + (side * 3 if channels == 3 else -(-side // 8))
    packer = zlib.compressobj(9)
    packed = [packer.compress(bytes(row * 100)) for _ in range(side // 100)]
    compressed = b"".join([*packed, packer.compress(bytes(row * (side % 100))), packer.flush()])
    return png(side, side, compressed, *((8, 2) if channels == 3 else (1, 0)))


def lying_png(width: int, height: int) -> bytes:
    """A PNG whose head promises a huge image; its pixels are a zlib stream of a few bytes."""
    return png(width, height, zlib.compress(b"\0" * 1000))


def lying_jpeg(width: int, height: int) -> bytes:
    """A JPEG of 16 x 16 pixels whose head promises a huge image."""
    content = bytearray(encoded(Image.new("RGB", (16, 16), "red"), "JPEG"))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def lying_tiff(width: int, height: int) -> bytes:
    """A TIFF of 16 x 16 pixels whose tags promise a huge image."""
    content = encoded(Image.new("L", (16, 16)), "TIFF")
    for tag, value in ((256, width), (257, height), (278, height)):
        entry = _entry(content, tag)
        content = content[: entry + 2] + struct.pack("<HII", 4, 1, value) + content[entry + 12 :]
    return content


def _entry(content: bytes, tag: int) -> int:
    """Where the entry of a tag is in the first directory of a little-endian TIFF."""
    start = struct.unpack("<I", content[4:8])[0]
    count = struct.unpack("<H", content[start : start + 2])[0]
    entries = range(start + 2, start + 2 + 12 * count, 12)
    return next(entry for entry in entries if struct.unpack("<H", content[entry : entry + 2])[0] == tag)


def lying_webp(width: int, height: int) -> bytes:
    """A lossless WebP of 16 x 16 pixels whose head promises up to 16,384 x 16,384."""
    content = bytearray(encoded(Image.new("RGB", (16, 16), "red"), "WEBP", lossless=True))
    sizes = content.index(b"VP8L") + 9
    rest = int.from_bytes(content[sizes : sizes + 4], "little") >> 28
    content[sizes : sizes + 4] = (rest << 28 | (height - 1) << 14 | width - 1).to_bytes(4, "little")
    return bytes(content)


def wrong_checksum_png(image: Image.Image) -> bytes:
    """A PNG one byte of whose pixels was changed after it was written."""
    content = bytearray(encoded(image))
    middle = content.index(b"IDAT") + (len(content) - content.index(b"IDAT")) // 2
    content[middle] ^= 0x55
    return bytes(content)


def transparent_palette_png(image: Image.Image) -> bytes:
    """A palette PNG whose most frequent colour is transparent."""
    flat = image.convert("P", palette=Image.Palette.ADAPTIVE, colors=16)
    colours = flat.getcolors() or []
    buffer = io.BytesIO()
    flat.save(buffer, "PNG", transparency=max(colours)[1])
    return buffer.getvalue()
