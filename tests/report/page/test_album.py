"""Pictures within a limit."""

from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np

from ocrflow.report.page.album import Album, encoded


def decoded(address: str) -> np.ndarray:
    data = np.frombuffer(base64.b64decode(address.partition(",")[2]), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def test_a_picture_is_shrunk_and_never_enlarged() -> None:
    image_HWC = np.full((100, 400, 3), (10, 20, 200), np.uint8)
    assert decoded(encoded(image_HWC, (200, 200))).shape == (50, 200, 3)
    small = decoded(encoded(image_HWC, (4000, 4000)))
    assert small.shape == (100, 400, 3) and abs(int(small[50, 50, 2]) - 200) < 6, "colours stay"
    assert decoded(encoded(np.zeros((1, 5000, 3), np.uint8), (100, 100))).shape == (1, 100, 3)


def test_the_limit_holds(folder: Path) -> None:
    image_HWC = np.random.default_rng(1).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    album = Album(50_000)
    first = album.picture(image_HWC, (300, 300), 20_000)
    assert first and (first.width, first.height) == (300, 300) and len(first.address) <= 20_000
    while album.picture(image_HWC, (300, 300), 20_000):
        pass
    assert 30_000 < album.spent <= 50_000 and album.count >= 2
    assert album.picture(np.zeros((0, 5, 3), np.uint8), (9, 9), 100) is None


def test_what_cannot_be_read_is_counted(folder: Path) -> None:
    album = Album(1000)
    (folder / "text.jpg").write_text("text")
    for name in ("gone.jpg", "text.jpg", "nul\0.jpg", "x" * 5000):
        assert album.image(folder / name) is None
    assert album.unreadable == 4
    image_HWC = album.image(folder / "set/images/0.jpg")
    assert image_HWC is not None and image_HWC.shape == (100, 200, 3)
