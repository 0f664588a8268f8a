"""The two styles of synthetic text crops: how a text is drawn by lot, and how a picture shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.line_image import line_image
from ocrflow.data.synth.line_texts import LINE_CHARACTERS, line_text
from ocrflow.data.synth.plate_image import plate_image
from ocrflow.data.synth.plate_texts import PLATE_CHARACTERS, plate_pattern
from ocrflow.errors import UsageError


@dataclass(frozen=True)
class Style:
    """One kind of crops.

    Attributes:
        number: its word in the seed of every sample; never changed once data sets exist.
        characters: sorted, without the space; the lines of dict.txt.
        unique: whether every text occurs once only.
        write: draws a text as (what the picture shows, label); the two differ by separators.
        draw: draws the picture of what `write` gave first.
    """

    name: str
    number: int
    characters: str
    unique: bool
    write: Callable[[Dice], tuple[str, str]]
    draw: Callable[[str, Dice], Image.Image]


def _line(dice: Dice) -> tuple[str, str]:
    text = line_text(dice)
    return text, text


STYLES = {
    style.name: style
    for style in (
        Style("plates", 1, PLATE_CHARACTERS, True, plate_pattern, plate_image),
        Style("lines", 2, LINE_CHARACTERS, False, _line, line_image),
    )
}


def style_named(name: str) -> Style:
    """The style of this name.

    Raises:
        UsageError: there is no such style.
    """
    if name not in STYLES:
        raise UsageError(f"style: expected one of {', '.join(STYLES)}; got '{name}'", fix=f"use {' or '.join(STYLES)}")
    return STYLES[name]
