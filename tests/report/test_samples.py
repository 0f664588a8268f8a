"""Sample pictures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from ocrflow.report.samples import captioned


def strip_of(picture: Image.Image, height: int) -> np.ndarray:
    """The grey pixels beneath an image of this height."""
    return np.asarray(picture.convert("L"))[height + 8 :]


def test_the_label_is_drawn_beneath_the_image() -> None:
    picture = captioned(Image.new("RGB", (60, 20), "black"), "n0")
    grey = np.asarray(picture.convert("L"))
    strip = strip_of(picture, 64)
    assert (grey[10:64, 10:190] < 10).all()
    assert (strip < 100).any() and (strip > 250).mean() > 0.8


def test_the_image_keeps_its_colours_and_shape() -> None:
    pixels = np.zeros((100, 300, 3), np.uint8)
    pixels[:, :150] = (255, 0, 0)
    picture = np.asarray(captioned(Image.fromarray(pixels), "x"))
    assert picture[8:108, 8:158].reshape(-1, 3).tolist() == [[255, 0, 0]] * 100 * 150
    assert picture.shape[1] == 316 and (picture[8:108, 158:308] == 0).all()


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((60, 20), (192, 64)),
        ((300, 100), (300, 100)),
        ((3200, 400), (1600, 200)),
        ((400, 3200), (200, 1600)),
    ],
)
def test_small_images_are_enlarged_and_large_ones_shrunk(size: tuple[int, int], shown: tuple[int, int]) -> None:
    picture = np.asarray(captioned(Image.new("RGB", size), "x").convert("L"))
    black = picture[: shown[1] + 8, : shown[0] + 8] < 10
    assert (black.any(axis=0).sum(), black.any(axis=1).sum()) == shown


@pytest.mark.parametrize("size", [(4, 4), (4, 65_500), (4, 900_000), (900_000, 4)])
@pytest.mark.parametrize("text", ["x", "\U0010fffd" * 400, "W" * 100_000])
def test_any_image_and_label_fit_into_a_jpeg(size: tuple[int, int], text: str) -> None:
    """JPEG has at most 65500 pixels a side."""
    picture = captioned(Image.new("RGB", size), text)
    picture.save(io.BytesIO(), "JPEG")


def test_cjk_characters_are_drawn_and_not_escaped() -> None:
    first, second = (strip_of(captioned(Image.new("RGB", (60, 64)), text), 64) for text in ("皖A", "川A"))
    escaped = captioned(Image.new("RGB", (60, 64)), "\\u7696A")
    assert first.shape == second.shape and (first != second).any()
    assert captioned(Image.new("RGB", (60, 64)), "皖A").width < escaped.width


@pytest.mark.parametrize("text", ["", " ", "a\nb", "\t\x00", "$x^2$", "\u202eabc"])
def test_odd_labels(text: str) -> None:
    assert captioned(Image.new("RGB", (60, 20)), text).height == 64 + 24 + 32


def test_a_long_label_is_cut() -> None:
    widths = {length: captioned(Image.new("RGB", (60, 20)), "x" * length).width for length in (200, 250, 251, 9000)}
    assert widths[250] > 1.2 * widths[200]
    assert widths[250] < widths[251] == widths[9000] < 1.1 * widths[250]
