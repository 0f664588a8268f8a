from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.data.images import read_bgr
from ocrflow.errors import DataError
from ocrflow.tracking.model_input import image_of

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 60, 3), dtype=np.uint8)


@pytest.fixture
def png(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), PIXELS)
    return path


def test_every_form_gives_the_same_pixels(png: Path) -> None:
    content = png.read_bytes()
    text = base64.b64encode(content).decode()
    forms = [str(png), png, content, bytearray(content), text, base64.encodebytes(content).decode()]
    forms += [f"data:image/png;base64,{text}", PIXELS, PIXELS.tolist(), PIXELS.astype(np.int64)]
    for index, form in enumerate(forms):
        image = image_of(form, index)
        assert image.dtype == np.uint8 and np.array_equal(image, PIXELS), index


def test_bytes_are_decoded_as_files_are(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    cv2.imwrite(str(path), PIXELS[:, :, 0])
    assert path.read_bytes()[:3] == b"\xff\xd8\xff"
    assert base64.b64encode(path.read_bytes()).startswith(b"/9j/")
    assert np.array_equal(image_of(base64.b64encode(path.read_bytes()).decode(), 0), read_bgr(path))


@pytest.mark.parametrize(
    "item",
    [
        "missing.png",
        "/tmp",
        "",
        b"",
        b"not an image",
        "data:image/png;base64,",
        "data:image/png;base64,%%%",
        base64.b64encode(b"not an image").decode(),
        PIXELS[:, :, 0],
        PIXELS[:, :, :1],
        np.zeros((0, 4, 3), np.uint8),
        PIXELS / 255,
        PIXELS.astype(int) - 1,
        PIXELS.astype(int) + 1,
        [[1, 2], [3]],
        None,
        3,
    ],
)
def test_anything_else_is_refused_by_its_number(item: object) -> None:
    with pytest.raises(DataError, match="image 5 of the request: expected a path"):
        image_of(item, 5)
