"""Coordinates of labels in pictures that EXIF turns."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.data.importers.content import BadContent
from ocrflow.data.importers.drawn_size import Look, look_at, placed
from ocrflow.data.importers.shapes import rectangle


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_box_of_the_stored_pixels_lands_where_training_sees_it(tmp_path: Path, orientation: int) -> None:
    stored_HW = np.zeros((40, 60), np.uint8)
    stored_HW[4:16, 8:32] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.png"
    Image.fromarray(stored_HW).save(path, exif=exif)
    shown_HW = cv2.imread(str(path))[:, :, 0]
    ys, xs = np.nonzero(shown_HW)
    look = look_at(path)
    assert look is not None
    assert look.shown == (shown_HW.shape[1], shown_HW.shape[0]) == (40, 60)
    expected = rectangle(float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    assert placed(rectangle(8, 4, 32, 16), (60, 40), look) == expected
    assert placed(rectangle(8, 4, 32, 16), (40, 60), look) == rectangle(8, 4, 32, 16)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_the_size_is_that_of_the_picture_as_training_reads_it(tmp_path: Path, suffix: str) -> None:
    """OpenCV turns all of them but WebP, so labels drawn on a turned WebP are refused for their size."""
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / f"a{suffix}"
    Image.new("RGB", (60, 40)).save(path, exif=exif)
    height, width = cv2.imread(str(path)).shape[:2]
    look = look_at(path)
    assert look is not None
    assert look.shown == (width, height)


def test_the_order_of_a_slanted_quadrilateral_turns_with_it() -> None:
    points = ((10.0, 5.0), (50.0, 6.0), (49.0, 20.0), (9.0, 19.0))
    assert placed(points, (60, 40), Look((60, 40), 6)) == ((35, 10), (34, 50), (20, 49), (21, 9))


def test_only_shares_of_a_picture_fit_a_smaller_copy() -> None:
    box = rectangle(10, 10, 20, 30)
    assert placed(box, (60, 40), Look((30, 20), 1), scale=True) == rectangle(5, 5, 10, 15)
    with pytest.raises(BadContent, match="drawn on an image of 60 x 40 pixels, this one has 30 x 20"):
        placed(box, (60, 40), Look((30, 20), 1))
    with pytest.raises(BadContent, match="drawn on"):
        placed(box, (60, 40), Look((30, 30), 1), scale=True)


def test_a_copy_whose_side_was_rounded_is_the_same_picture() -> None:
    assert placed(((100.0, 50.0),), (1000, 333), Look((500, 166), 1), scale=True)[0][0] == 50


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"\xff\xd8\xff\xe1\xff\xff"])
def test_what_is_no_picture_has_no_look(content: bytes) -> None:
    assert look_at(content) is None
    assert placed(((1.0, 2.0),), (60, 40), None) == ((1.0, 2.0),)
