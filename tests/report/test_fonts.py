"""Fonts and escapes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrflow.report import fonts


@pytest.fixture
def fresh() -> object:
    """Fonts are looked for anew, before and after the test."""
    fonts._candidates.cache_clear()
    yield
    fonts._candidates.cache_clear()


def glyph(text: str) -> np.ndarray:
    """The pixels of a text in its font."""
    file = fonts.font_for(text)
    image = Image.new("L", (200, 60), 255)
    ImageDraw.Draw(image).text((5, 5), fonts.displayed(text, file), font=ImageFont.truetype(str(file), 30), fill=0)
    return np.asarray(image)


def test_dejavu_comes_with_matplotlib() -> None:
    assert fonts.default_font().is_file()
    assert fonts.font_for("né à 8 €") == fonts.default_font()
    assert fonts.font_for("") == fonts.default_font()


@pytest.mark.parametrize("text", ["皖", "川A·12345", "かな カナ", "漢字", "한글", "「」、。", "a皖\n"])
def test_cjk_is_drawn_by_the_font_that_is_brought_along(text: str) -> None:
    assert fonts.CJK_FONT.is_file()
    assert fonts.font_for(text) == fonts.CJK_FONT
    assert fonts.displayed(text.rstrip("\n"), fonts.CJK_FONT) == text.rstrip("\n")


def test_each_province_of_a_number_plate_has_its_own_glyph() -> None:
    provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
    pictures = {glyph(char).tobytes() for char in provinces}
    assert len(pictures) == len(provinces)
    missing = glyph("\U0010fffd").tobytes()
    assert missing not in pictures and all((np.frombuffer(picture, np.uint8) < 128).any() for picture in pictures)


def test_missing_characters_become_escapes() -> None:
    assert fonts.displayed("é川𠀋\x07", fonts.default_font()) == "é\\u5ddd\\U0002000b\\u0007"
    assert fonts.displayed("皖\U0010fffd", fonts.font_for("皖\U0010fffd")) == "皖\\U0010fffd"


def test_ascii_is_shown_as_it_is() -> None:
    assert fonts.displayed("a\\u5ddd ~", fonts.default_font()) == "a\\u5ddd ~"
    assert fonts.displayed("a\x7fb\tc", fonts.default_font()) == "a\\u007fb\\u0009c"


def test_the_font_with_most_of_the_characters_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {fonts.default_font(): {65}, fonts.CJK_FONT: {65, 0x5DDD}, Path("full.ttc"): {65, 0x5DDD, 0x6CAA}}
    monkeypatch.setattr(fonts, "_candidates", lambda: tuple(known))
    monkeypatch.setattr(fonts, "_characters", lambda font: frozenset(known[font]))
    assert fonts.font_for("A") == fonts.default_font()
    assert fonts.font_for("A川") == fonts.CJK_FONT
    assert fonts.font_for("A川沪") == Path("full.ttc")
    assert fonts.font_for("\u0416") == fonts.default_font()


def test_the_font_that_paddlex_is_told_is_looked_at_too(monkeypatch: pytest.MonkeyPatch, fresh: object) -> None:
    monkeypatch.setenv(fonts.PADDLEX_FONT, "named.ttf")
    assert fonts._candidates()[:3] == (fonts.default_font(), fonts.CJK_FONT, Path("named.ttf"))


@pytest.mark.parametrize("content", [b"no font", b"", b"\x00\x01\x00\x00" + bytes(100), b"OTTO\xff\xff"])
def test_a_file_that_is_no_font_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: object, content: bytes
) -> None:
    (tmp_path / "bad.ttf").write_bytes(content)
    monkeypatch.setenv(fonts.PADDLEX_FONT, str(tmp_path / "bad.ttf"))
    assert fonts.font_for("\U0010fffd").is_file()
    assert fonts._characters(tmp_path / "bad.ttf") == frozenset()
    assert fonts._characters(tmp_path / "none.ttf") == frozenset()


def test_common_texts_open_no_font_file_and_import_no_matplotlib() -> None:
    program = (
        "import sys\nfrom ocrflow.report import fonts\n"
        "fonts.displayed('abc', fonts.font_for('abc'))\n"
        "print('fontTools' in sys.modules)\nfonts.font_for('皖')\nprint('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\nFalse\n"
