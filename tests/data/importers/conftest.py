"""Pictures for the importers' tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

EXIF_ORIENTATION = 0x0112


@pytest.fixture(scope="session")
def paint() -> Callable[..., Path]:
    """A function that writes a picture of colour gradients, another for each seed, and gives its path back."""
    return _paint


def _paint(path: Path, seed: int = 0, width: int = 60, height: int = 40, orientation: int = 1) -> Path:
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    image_HWC = cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR)
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    Image.fromarray(image_HWC[:, :, ::-1]).save(path, **({"exif": exif, "quality": 95} if orientation != 1 else {}))
    return path
