"""Fonts and escapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.report import fonts


def test_dejavu_comes_with_matplotlib() -> None:
    assert fonts.default_font().is_file()
    assert fonts.font_for("né à 8 €") == fonts.default_font()


def test_missing_characters_become_escapes() -> None:
    assert fonts.displayed("é川𠀋\x07", fonts.default_font()) == "é\\u5ddd\\U0002000b\\u0007"


def test_the_font_with_most_of_the_characters_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {fonts.default_font(): {65}, Path("half.ttf"): {65, 0x5DDD}, Path("full.ttc"): {65, 0x5DDD, 0x6CAA}}
    monkeypatch.setattr(fonts, "_candidates", lambda: tuple(known))
    monkeypatch.setattr(fonts, "_characters", lambda font: frozenset(known[font]))
    assert fonts.font_for("A") == fonts.default_font()
    assert fonts.font_for("A川沪") == Path("full.ttc")
    assert fonts.font_for("é") == fonts.default_font()


def test_a_file_that_is_no_font_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.ttf").write_text("no font")
    monkeypatch.setenv(fonts.PADDLEX_FONT, str(tmp_path / "bad.ttf"))
    fonts._candidates.cache_clear()
    assert fonts.font_for("\U0010fffd").is_file()
    fonts._candidates.cache_clear()
