"""The styles of synthetic pictures: how a text is drawn by lot, and how a picture shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from ocrflow.data.boxes import Box, boxes_text
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.geometry import Point
from ocrflow.data.synth.line_image import line_image
from ocrflow.data.synth.line_texts import LINE_CHARACTERS, line_text
from ocrflow.data.synth.plate_image import plate_image
from ocrflow.data.synth.plate_texts import PLATE_CHARACTERS, plate_pattern
from ocrflow.data.synth.scene_image import scene_image
from ocrflow.data.synth.text_scene import text_scene
from ocrflow.errors import UsageError
from ocrflow.models import TEXT_DETECTION, TEXT_RECOGNITION


@dataclass(frozen=True)
class Style:
    """One kind of pictures.

    Attributes:
        task: "text_recognition" or "text_detection": which labels belong to the pictures.
        number: its word in the seed of every sample; never changed once data sets exist.
        characters: sorted, without the space; the lines of dict.txt. Text detection has none.
        unique: whether every text occurs once only.
        write: draws a text as (what the picture shows, label); the two differ by separators.
        draw: draws the picture of what `write` gave first; returns the second column of its row, too, where that
            is known only then.
    """

    name: str
    task: str
    number: int
    characters: str
    unique: bool
    write: Callable[[Dice], tuple[str, str]]
    draw: Callable[[str, Dice], tuple[Image.Image, str]]


def _line(dice: Dice) -> tuple[str, str]:
    text = line_text(dice)
    return text, text


def _crop(draw: Callable[[str, Dice], Image.Image]) -> Callable[[str, Dice], tuple[Image.Image, str]]:
    return lambda shown, dice: (draw(shown, dice), "")


def _scene(
    draw: Callable[[Dice], tuple[Image.Image, list[tuple[str, list[Point]]]]],
) -> Callable[[str, Dice], tuple[Image.Image, str]]:
    def drawn(_: str, dice: Dice) -> tuple[Image.Image, str]:
        image, texts = draw(dice)
        boxes = [Box(text, tuple((round(x), round(y)) for x, y in corners)) for text, corners in texts]
        return image, boxes_text(boxes)

    return drawn


def _nothing(_: Dice) -> tuple[str, str]:
    return "", ""


STYLES = {
    style.name: style
    for style in (
        Style("plates", TEXT_RECOGNITION, 1, PLATE_CHARACTERS, True, plate_pattern, _crop(plate_image)),
        Style("lines", TEXT_RECOGNITION, 2, LINE_CHARACTERS, False, _line, _crop(line_image)),
        Style("scenes", TEXT_DETECTION, 3, "", False, _nothing, _scene(scene_image)),
        Style("texts", TEXT_DETECTION, 4, "", False, _nothing, _scene(text_scene)),
    )
}
DEFAULT_STYLE = {TEXT_RECOGNITION: "plates", TEXT_DETECTION: "scenes"}


def style_named(name: str) -> Style:
    """The style of this name.

    Raises:
        UsageError: there is no such style.
    """
    if name not in STYLES:
        raise UsageError(f"style: expected one of {', '.join(STYLES)}; got '{name}'", fix=f"use {' or '.join(STYLES)}")
    return STYLES[name]
