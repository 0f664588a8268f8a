"""A picture with a list of texts beside or below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from ocrflow.report.fonts import displayed, font_for

_FONT_SIZE = 18
_LINE_HEIGHT = 25
_MARGIN = 10
_MAX_TEXT_WIDTH = 520  # pixels; longer texts are cut
_MAX_CHARACTERS = 100
_NO_TEXT = "(no text)"


class Entry(NamedTuple):
    """One line of the list."""

    number: str
    text: str
    colour: str


class _Drawable(NamedTuple):
    entry: Entry
    text: str
    font: ImageFont.FreeTypeFont
    width: int
    colour: str


def with_list(image: Image.Image, entries: Sequence[Entry]) -> Image.Image:
    """The image on white with its list: beside an upright image, below another one; in columns if one is too long."""
    items = [_drawable(entry) for entry in entries]
    number_width = max((round(font_of(item.number, _FONT_SIZE).getlength(item.number)) for item in entries), default=0)
    column_width = number_width + max((item.width for item in items), default=0) + 3 * _MARGIN
    beside = image.height > image.width
    columns = max(1, image.width // column_width)
    rows = max(1, image.height // _LINE_HEIGHT if beside else -(-len(items) // columns))
    width, height = -(-len(items) // rows) * column_width, min(rows, len(items)) * _LINE_HEIGHT
    size = (image.width + width, image.height) if beside else (max(image.width, width), image.height + height)
    canvas = Image.new("RGB", (size[0] + 3 * _MARGIN, size[1] + 3 * _MARGIN), "white")
    canvas.paste(image, (_MARGIN, _MARGIN))
    left, top = (image.width + 2 * _MARGIN, _MARGIN) if beside else (_MARGIN, image.height + 2 * _MARGIN)
    draw = ImageDraw.Draw(canvas)
    for place, item in enumerate(items):
        x = left + place // rows * column_width + number_width
        baseline = top + place % rows * _LINE_HEIGHT + _FONT_SIZE
        number = font_of(item.entry.number, _FONT_SIZE)
        draw.text((x, baseline), item.entry.number, font=number, fill=item.entry.colour, anchor="rs")
        draw.text((x + _MARGIN, baseline), item.text, font=item.font, fill=item.colour, anchor="ls")
    return canvas


def _drawable(entry: Entry) -> _Drawable:
    """The text as its font can show it, cut where the column ends; a text without a sign is named so in grey."""
    if not entry.text.strip():
        font = font_of(_NO_TEXT, _FONT_SIZE)
        return _Drawable(entry, _NO_TEXT, font, round(font.getlength(_NO_TEXT)), "#777777")
    font = font_of(entry.text, _FONT_SIZE)
    whole = displayed(entry.text[:_MAX_CHARACTERS], Path(str(font.path)))
    text = whole
    while text and font.getlength(text + "...") > _MAX_TEXT_WIDTH:
        text = text[:-1]
    if text != whole or len(entry.text) > _MAX_CHARACTERS:
        text += "..."
    return _Drawable(entry, text, font, round(font.getlength(text)), "black")


def font_of(text: str, size: int) -> ImageFont.FreeTypeFont:
    """The font that shows a text."""
    return _opened(font_for(text), size)


@lru_cache
def _opened(file: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size)
