"""The gallery of readings."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ocrflow.report.gallery import CANVAS_WIDTH, RED, Tile, differences, write_gallery


def tile(truth: str, text: str, height: int = 40, width: int = 120) -> Tile:
    return Tile(np.full((height, width, 3), (200, 120, 40), np.uint8), truth, text, 0.5, "img/1.png")


def red_pixels(path) -> int:
    pixels = np.asarray(Image.open(path).convert("RGB"))
    return int((pixels == RED).all(axis=2).sum())


def test_differences():
    truth, text = differences("abcd", "axcde")
    assert truth == [("a", False), ("b", True), ("c", False), ("d", False)]
    assert text == [("a", False), ("x", True), ("c", False), ("d", False), ("e", True)]
    assert differences("", "a") == ([], [("a", True)])


def test_red_only_where_texts_differ(tmp_path):
    write_gallery(tmp_path / "same.png", "title", [tile("hello", "hello")])
    write_gallery(tmp_path / "one.png", "title", [tile("hello", "hallo")])
    write_gallery(tmp_path / "all.png", "title", [tile("hello", "WORLDS")])
    assert red_pixels(tmp_path / "same.png") == 0
    assert 0 < red_pixels(tmp_path / "one.png") < red_pixels(tmp_path / "all.png")


def test_a_differing_space_is_seen(tmp_path):
    write_gallery(tmp_path / "space.png", "title", [tile("a b", "ab")])
    assert red_pixels(tmp_path / "space.png") > 0


def test_image_keeps_its_colours_and_long_text_wraps(tmp_path):
    write_gallery(tmp_path / "short.png", "title", [tile("a", "")])
    write_gallery(tmp_path / "long.png", "title", [tile("w" * 300, "w" * 300, 3000, 10)])
    short, long = Image.open(tmp_path / "short.png").convert("RGB"), Image.open(tmp_path / "long.png")
    assert short.width == long.width == CANVAS_WIDTH
    assert long.height > short.height + 300
    assert (40, 120, 200) in {color for _, color in short.getcolors(1 << 20)}  # BGR in, RGB out


def test_characters_that_no_font_has_are_drawn_as_escapes(tmp_path):
    write_gallery(tmp_path / "known.png", "title", [tile("a", "b")])
    write_gallery(tmp_path / "unknown.png", "title", [tile("a", "\U0010fffd")])
    assert red_pixels(tmp_path / "unknown.png") > 3 * red_pixels(tmp_path / "known.png")


def test_short_texts_stand_in_two_columns(tmp_path):
    write_gallery(tmp_path / "short.png", "title", [tile("ABC123", "ABC124")] * 4)
    write_gallery(tmp_path / "long.png", "title", [tile("ABC123" * 4, "ABC124")] * 4)
    short, long = (Image.open(tmp_path / name) for name in ("short.png", "long.png"))
    assert short.width == long.width == CANVAS_WIDTH
    assert short.height < 0.7 * long.height


def test_no_tiles(tmp_path):
    write_gallery(tmp_path / "empty.png", "nothing", [])
    assert Image.open(tmp_path / "empty.png").width == CANVAS_WIDTH
