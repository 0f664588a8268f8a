"""Fonts for pictures: one that has the characters, or escapes for those that no font at hand has.

DejaVu Sans (from matplotlib) has the alphabets of Europe; `noto/` holds a part of Noto Sans CJK SC (SIL Open Font
License) with the characters of GB 2312, Big5 level 1, JIS X 0208, KS X 1001 and the kana. Nothing is downloaded.
"""

from __future__ import annotations

import importlib.util
import os
from functools import lru_cache
from pathlib import Path

PADDLEX_FONT = "PADDLE_PDX_LOCAL_FONT_FILE_PATH"
CJK_FONT = Path(__file__).with_name("noto") / "NotoSansCJKsc-subset.otf"
_ALWAYS_THERE = 0x250  # DejaVu Sans has every printable character below


@lru_cache
def default_font() -> Path:
    """DejaVu Sans, which matplotlib brings along."""
    spec = importlib.util.find_spec("matplotlib")
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0], "mpl-data", "fonts", "ttf", "DejaVuSans.ttf")


def font_for(text: str) -> Path:
    """The font that has most characters of `text`: DejaVu Sans, else Noto Sans CJK, else an installed one.

    The file that PaddleX's variable PADDLE_PDX_LOCAL_FONT_FILE_PATH names is looked at too.
    """
    wanted = {ord(char) for char in text if char.isprintable()}
    if all(code < _ALWAYS_THERE for code in wanted) or wanted <= _characters(default_font()):
        return default_font()
    if wanted <= _characters(CJK_FONT):
        return CJK_FONT
    return max(_candidates(), key=lambda font: len(wanted & _characters(font)))


def displayed(text: str, font: Path) -> str:
    """`text` with an escape such as \\u5ddd for each character that `font` lacks."""
    if font == default_font() and all(" " <= char < "\x7f" for char in text):
        return text
    known = _characters(font)
    return "".join(char if ord(char) in known and char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


@lru_cache
def _candidates() -> tuple[Path, ...]:
    """DejaVu Sans first: of equals the first wins."""
    from matplotlib.font_manager import findSystemFonts

    named = [os.environ[PADDLEX_FONT]] if PADDLEX_FONT in os.environ else []
    return (default_font(), CJK_FONT, *map(Path, named), *sorted(map(Path, findSystemFonts())))


@lru_cache
def _characters(font: Path) -> frozenset[int]:
    """The code points that a font has; none for a file that is no font."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(font, fontNumber=0, lazy=True) as opened:
            return frozenset(opened.getBestCmap() or ())
    except (OSError, TTLibError, KeyError, AssertionError, ValueError):
        return frozenset()
