"""A picture of what a detector found: each image with its right, missed and false boxes, in a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocrflow.files import replacing
from ocrflow.report.fonts import displayed, font_for

COLUMNS, TILE_WIDTH, MARGIN = 3, 420, 12
MOST_HEIGHT = 560  # pixels of a drawn image
FONT_SIZE, SMALL_FONT_SIZE = 20, 14
BLACK, GREY = "#141414", "#6e6e6e"


@dataclass(frozen=True)
class Kind:
    """What a box in the picture is: its name in the legend, colour and line width in pixels."""

    name: str
    colour: str
    width: int


RIGHT = Kind("found, right", "#19a05a", 2)
MISSED = Kind("missed", "#d62728", 3)
FALSE = Kind("false", "#e08a00", 3)
LEFT_OUT = Kind("not counted", "#8f9fc0", 1)
KINDS = (RIGHT, MISSED, FALSE, LEFT_OUT)


@dataclass(frozen=True)
class Mark:
    """A polygon in pixels of the image, and a text to write above it, if any."""

    points: Sequence[Sequence[float]]
    kind: Kind
    text: str = ""


@dataclass(frozen=True)
class SceneTile:
    """One image of the gallery: uint8 BGR, its boxes, and a line of text below it."""

    image_HWC: np.ndarray
    marks: Sequence[Mark]
    caption: str


def write_detection_gallery(path: Path, title: str, tiles: Sequence[SceneTile], kinds: Sequence[Kind] = KINDS) -> None:
    """Write the PNG `path`: `title` and a legend of `kinds` on top, the tiles below in three columns.

    Raises:
        OutsideError: the file cannot be written.
    """
    texts = (mark.text for tile in tiles for mark in tile.marks)
    file = font_for("".join([title, *(tile.caption for tile in tiles), *texts]))
    font, small = (ImageFont.truetype(str(file), size) for size in (FONT_SIZE, SMALL_FONT_SIZE))
    drawn = [_tile(tile, small, file) for tile in tiles]
    rows = [drawn[at : at + COLUMNS] for at in range(0, len(drawn), COLUMNS)]
    heights = [max(image.height for image in row) + MARGIN for row in rows]
    top = 2 * MARGIN + FONT_SIZE + SMALL_FONT_SIZE + MARGIN
    canvas = Image.new("RGB", (COLUMNS * (TILE_WIDTH + MARGIN) + MARGIN, top + sum(heights)), "white")
    draw = ImageDraw.Draw(canvas)
    draw.text((MARGIN, MARGIN), displayed(title, file), BLACK, font)
    _legend(draw, MARGIN + FONT_SIZE + 8, small, kinds)
    for row, height in zip(rows, heights, strict=True):
        for column, image in enumerate(row):
            canvas.paste(image, (MARGIN + column * (TILE_WIDTH + MARGIN), top))
        top += height
    with replacing(path) as temporary:
        canvas.save(temporary, format="PNG")


def _legend(draw: ImageDraw.ImageDraw, top: int, font: ImageFont.FreeTypeFont, kinds: Sequence[Kind]) -> None:
    x: float = MARGIN
    for kind in kinds:
        draw.rectangle((x, top + 4, x + 22, top + 14), outline=kind.colour, width=kind.width)
        draw.text((x + 28, top), kind.name, GREY, font)
        x += 28 + font.getlength(kind.name) + 24


def _tile(tile: SceneTile, font: ImageFont.FreeTypeFont, file: Path) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(tile.image_HWC[:, :, ::-1]))
    scale = min(TILE_WIDTH / image.width, MOST_HEIGHT / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    scaled = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0)
    draw = ImageDraw.Draw(scaled)
    for mark in sorted(tile.marks, key=lambda mark: mark.kind.width):
        points = [(x * scale, y * scale) for x, y in mark.points]
        draw.line([*points, *points[:2]], fill=mark.kind.colour, width=mark.kind.width, joint="curve")
        if mark.text:
            _write(draw, points, mark, font, file)
    canvas = Image.new("RGB", (TILE_WIDTH, scaled.height + SMALL_FONT_SIZE + 8), "white")
    canvas.paste(scaled, (0, 0))
    ImageDraw.Draw(canvas).text((0, scaled.height + 3), displayed(tile.caption, file), GREY, font)
    return canvas


def _write(
    draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], mark: Mark, font: ImageFont.FreeTypeFont, file: Path
) -> None:
    """The text of a mark in white on its colour, above the polygon or, where there is no room, just below its top."""
    shown = displayed(mark.text, file)
    width = font.getlength(shown) + 6
    left = max(0.0, min(min(x for x, _ in points), TILE_WIDTH - width))
    top = max(0.0, min(y for _, y in points) - SMALL_FONT_SIZE - 6)
    draw.rectangle((left, top, left + width, top + SMALL_FONT_SIZE + 4), fill=mark.kind.colour)
    draw.text((left + 3, top), shown, "white", font)
