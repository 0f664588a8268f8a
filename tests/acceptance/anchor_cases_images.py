"""What can be wrong with an image file, and all that is right, in either task."""

from __future__ import annotations

from anchor_cases import EVERY_PLACE, at, good, row_three, stored
from anchor_images import (
    FORMATS,
    NO_IMAGE,
    bomb_png,
    cut,
    opaque,
    transparent,
    transparent_palette_png,
    wrong_checksum_png,
)
from anchor_toy import EVERY_ROW, TRAIN, Toy, encoded
from PIL import Image


def jpeg(image: Image.Image) -> bytes:
    """A JPEG of high quality."""
    return encoded(image, "JPEG", quality=95)


def animated(image: Image.Image) -> bytes:
    """A WebP file of two frames."""
    return encoded(image, "WEBP", save_all=True, append_images=[image.rotate(180)])


def folder(toy: Toy, file: str, line: int) -> None:
    """A folder where the image was."""
    toy.image(file, line).unlink()
    (toy.root / toy.row(file, line)[0]).mkdir()


BROKEN = [
    *at("image missing", "image_missing", lambda toy, file, line: toy.image(file, line).unlink(), EVERY_PLACE),
    *at("no image", "image_undecodable", stored(NO_IMAGE), EVERY_PLACE),
    *at("0 bytes", "image_empty", stored(b""), EVERY_PLACE),
    *at("half a JPEG", "image_truncated", stored(lambda image: cut(jpeg(image)), ".jpg")),
    *at("a JPEG without 37 bytes", "image_truncated", stored(lambda image: cut(jpeg(image), 37), ".jpg")),
    *at("half a PNG", "image_truncated", stored(lambda image: cut(encoded(image)))),
    row_three("half a WebP", "image_truncated", stored(lambda image: cut(encoded(image, "WEBP")), ".webp")),
    row_three("half a BMP", "image_truncated", stored(lambda image: cut(encoded(image, "BMP")), ".bmp")),
    row_three("the first bytes of a PNG", "image_truncated", stored(lambda image: encoded(image)[:20])),
    row_three("a PNG with a wrong checksum", "image_damaged", stored(wrong_checksum_png)),
    *at("a folder", "image_is_directory", folder),
    *at("a bomb", "image_too_large", stored(lambda _: bomb_png())),
    *at("one pixel", "image_too_small", stored(lambda image: encoded(image.resize((1, 1))))),
    row_three("three rows", "image_too_small", stored(lambda image: encoded(image.resize((160, 3))))),
    *at("GIF", "image_undecodable", stored(lambda image: encoded(image, "GIF"), ".gif")),
    row_three("GIF named .png", "image_undecodable", stored(lambda image: encoded(image, "GIF"))),
    row_three("animated WebP", "image_undecodable", stored(animated, ".webp")),
    row_three("TIFF of floats", "image_undecodable", stored(lambda i: encoded(i.convert("F"), "TIFF"), ".tif")),
    row_three("transparent RGBA PNG", "image_transparent", stored(lambda image: encoded(transparent(image)))),
    row_three("transparent palette PNG", "image_transparent", stored(transparent_palette_png)),
    row_three("RGBA PNG named .jpg", "image_suffix", stored(lambda image: encoded(opaque(image)), ".jpg")),
    row_three("JPEG named .png", "image_suffix", stored(jpeg)),
    *at("image named .txt", "image_suffix", stored(encoded, ".txt")),
    row_three("image without a suffix", "image_suffix", stored(encoded, "")),
]

ONE_FORMAT = [
    good(name, lambda toy, s=suffix, e=encode: stored(e, s)(toy, TRAIN, 3)) for name, suffix, encode in FORMATS
]


def all_formats(toy: Toy) -> None:
    """An image of another format in each row."""
    for (file, line), (_, suffix, encode) in zip(EVERY_ROW, FORMATS, strict=True):
        stored(encode, suffix)(toy, file, line)


ALL_FORMATS = [good("a format a row", all_formats)]
