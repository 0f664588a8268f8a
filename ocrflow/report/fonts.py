"""Fonts for pictures: one that has the characters, or escapes for those that no installed font has."""

from __future__ import annotations

import importlib.util
import os
from functools import lru_cache
from pathlib import Path

PADDLEX_FONT = "PADDLE_PDX_LOCAL_FONT_FILE_PATH"


@lru_cache
def default_font() -> Path:
    """DejaVu Sans, which matplotlib brings along."""
    spec = importlib.util.find_spec("matplotlib")
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0], "mpl-data", "fonts", "ttf", "DejaVuSans.ttf")


def font_for(text: str) -> Path:
    """The installed font that has most characters of `text`; DejaVu Sans when it has them all.

    The file that PaddleX's variable PADDLE_PDX_LOCAL_FONT_FILE_PATH names is looked at too.
    """
    wanted = {ord(char) for char in text if char.isprintable()}
    if wanted <= _characters(default_font()):
        return default_font()
    return max(_candidates(), key=lambda font: len(wanted & _characters(font)))


def displayed(text: str, font: Path) -> str:
    """`text` with an escape such as \\u5ddd for each character that `font` lacks."""
    known = _characters(font)
    return "".join(char if ord(char) in known and char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


@lru_cache
def _candidates() -> tuple[Path, ...]:
    """DejaVu Sans first: of equals the first wins."""
    from matplotlib.font_manager import findSystemFonts

    named = [os.environ[PADDLEX_FONT]] if PADDLEX_FONT in os.environ else []
    return (default_font(), *map(Path, named), *sorted(map(Path, findSystemFonts())))


@lru_cache
def _characters(font: Path) -> frozenset[int]:
    """The code points that a font has; none for a file that is no font."""
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(FT2Font(str(font)).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()
