"""A list of texts beside a picture."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ocrflow.report.text_list import Entry, with_list


def ink(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("L")) < 128


def test_without_entries_there_is_only_a_margin() -> None:
    assert with_list(Image.new("RGB", (200, 100), "red"), []).size == (230, 130)


def test_texts_below_are_black_and_numbers_coloured() -> None:
    canvas = with_list(
        Image.new("RGB", (200, 100), "white"), [Entry("1", "HELLO", "#ff0000"), Entry("2", "川", "#00f")]
    )
    rows, columns = np.nonzero(ink(canvas))
    assert rows.min() >= 110 and columns.min() >= 10 and canvas.height > 110 + 2 * 20
    assert (np.asarray(canvas) == (255, 0, 0)).all(axis=2).any() and (np.asarray(canvas) == (0, 0, 255)).all(
        axis=2
    ).any()


def test_long_lists_fill_columns() -> None:
    entries = [Entry(str(number), "text", "black") for number in range(100)]
    one, many = (with_list(Image.new("RGB", (100, 400), "white"), entries[:count]) for count in (1, 100))
    assert many.height == one.height and many.width > 5 * (one.width - 130)
    below = with_list(Image.new("RGB", (1000, 100), "white"), entries)
    assert below.width == 1030 and 100 + 7 * 20 < below.height < 100 + 100 * 20


def test_a_long_text_is_cut_and_a_blank_one_named() -> None:
    canvas = with_list(Image.new("RGB", (100, 400), "white"), [Entry("1", "W" * 10_000, "black")])
    assert canvas.width < 100 + 600
    blank = with_list(Image.new("RGB", (100, 400), "white"), [Entry("1", " ", "black")])
    assert ((np.asarray(blank) == 0x77).all(axis=2)).any()
