"""Sizes from headers must be the sizes that training decodes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from ocrflow.data.images import read_bgr
from ocrflow.data.sizes import image_sizes
from ocrflow.errors import DataError

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")


def save(path, image_format: str, orientation: int | None = None, size=(50, 20)) -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    content = io.BytesIO()
    image.save(content, image_format, **({"exif": exif} if image_format != "BMP" else {}))
    path.write_bytes(content.getvalue())


@pytest.mark.parametrize("orientation", [None, 1, 3, 5, 6, 8])
@pytest.mark.parametrize("image_format", FORMATS)
def test_as_decoded(tmp_path, image_format, orientation):
    save(tmp_path / "x", image_format, orientation)
    assert image_sizes(tmp_path, ["x"]) == [read_bgr(tmp_path / "x").shape[:2]]


def test_phone_photo_is_turned(tmp_path):
    save(tmp_path / "x.jpg", "JPEG", 6)
    assert image_sizes(tmp_path, ["x.jpg"]) == [(50, 20)]


def test_in_the_order_of_the_names(tmp_path):
    for index, size in enumerate([(50, 20), (7, 90)]):
        save(tmp_path / f"{index}.png", "PNG", size=size)
    assert image_sizes(tmp_path, ["1.png", "0.png", "1.png"]) == [(90, 7), (20, 50), (90, 7)]


def test_a_format_that_only_opencv_reads(tmp_path):
    import cv2

    cv2.imwrite(str(tmp_path / "x.hdr"), np.ones((20, 50, 3), np.float32))
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(tmp_path / "x.hdr")
    assert image_sizes(tmp_path, ["x.hdr"]) == [(20, 50)]


@pytest.mark.parametrize("content", [None, b"", b"no image", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_unreadable_files_are_named(tmp_path, content):
    if content is not None:
        (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(DataError, match=r"bad\.png"):
        image_sizes(tmp_path, ["bad.png"])
