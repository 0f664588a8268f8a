"""A picture of readings: each image with its truth, what was read, the differing characters in red, and the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from ocrflow.files import replacing
from ocrflow.report.fonts import displayed, font_for

CANVAS_WIDTH = 1200
IMAGE_HEIGHT = 96  # pixels; an image grows no more than 3 times
MARGIN = 16
LINE_HEIGHT = 30
FONT_SIZE, SMALL_FONT_SIZE = 22, 15
SHORT = 12  # characters; two columns are drawn when no text is longer
BLACK, GREY, RED = (20, 20, 20), (120, 120, 120), (208, 0, 0)
SPACE_MARK = "\u2423"

Runs = list[tuple[str, bool]]  # characters as they are shown, and whether they differ
Line = list[tuple[float, str, tuple[int, int, int]]]  # x, characters, colour


@dataclass(frozen=True)
class Tile:
    """One row of the gallery: a uint8 BGR image, its true text, the text that was read with its score, and its name."""

    image_HWC: np.ndarray
    truth: str
    text: str
    score: float
    name: str


@dataclass(frozen=True)
class Layout:
    """How tiles are drawn: their width and that of their pictures in pixels, and the font that has their characters."""

    columns: int
    font_file: Path

    @property
    def width(self) -> int:
        """Pixels of a tile."""
        return CANVAS_WIDTH // self.columns

    @property
    def image_width(self) -> int:
        """Pixels of the picture at the left of a tile."""
        return 420 if self.columns == 1 else 280

    @cached_property
    def font(self) -> ImageFont.FreeTypeFont:
        """For the texts."""
        return ImageFont.truetype(str(self.font_file), FONT_SIZE, layout_engine=ImageFont.Layout.BASIC)

    @cached_property
    def small_font(self) -> ImageFont.FreeTypeFont:
        """For score and name."""
        return ImageFont.truetype(str(self.font_file), SMALL_FONT_SIZE, layout_engine=ImageFont.Layout.BASIC)


def write_gallery(path: Path, title: str, tiles: Sequence[Tile]) -> None:
    """Write the PNG `path` with `title` on top and the tiles below, in two columns where all texts are short.

    Raises:
        OutsideError: the file cannot be written.
    """
    texts = [text for tile in tiles for text in (tile.truth, tile.text)]
    columns = 2 if max(map(len, texts), default=0) <= SHORT and len(tiles) > 1 else 1
    layout = Layout(columns, font_for("".join([title, *texts, *(tile.name for tile in tiles)])))
    drawn = [_draw_tile(tile, layout) for tile in tiles]
    rows = [drawn[at : at + columns] for at in range(0, len(drawn), columns)]
    heights = [max(image.height for image in row) for row in rows]
    top = 2 * MARGIN + LINE_HEIGHT
    canvas = Image.new("RGB", (CANVAS_WIDTH, top + sum(heights)), "white")
    ImageDraw.Draw(canvas).text((MARGIN, MARGIN), displayed(title, layout.font_file), BLACK, layout.font)
    for row, height in zip(rows, heights, strict=True):
        for column, image in enumerate(row):
            canvas.paste(image, (column * layout.width, top))
        top += height
    with replacing(path) as temporary:
        canvas.save(temporary, format="PNG")


def differences(truth: str, text: str) -> tuple[Runs, Runs]:
    """Both texts character by character, True where a smallest edit from one to the other touches the character."""
    truth_differs, text_differs = [False] * len(truth), [False] * len(text)
    for edit in Levenshtein.editops(truth, text):
        if edit.tag != "insert":
            truth_differs[edit.src_pos] = True
        if edit.tag != "delete":
            text_differs[edit.dest_pos] = True
    return list(zip(truth, truth_differs, strict=True)), list(zip(text, text_differs, strict=True))


def _draw_tile(tile: Tile, layout: Layout) -> Image.Image:
    left = layout.image_width + 2 * MARGIN
    truth, text = differences(tile.truth, tile.text)
    lines = [*_wrapped("truth", truth, layout), *_wrapped("read", text, layout)]
    height = max(IMAGE_HEIGHT, LINE_HEIGHT * (len(lines) + 1)) + MARGIN
    canvas = Image.new("RGB", (layout.width, height), "white")
    draw = ImageDraw.Draw(canvas)
    canvas.paste(_scaled(tile.image_HWC, layout.image_width), (MARGIN, 0))
    for row, line in enumerate(lines):
        for x, characters, colour in line:
            draw.text((x, row * LINE_HEIGHT), characters, colour, layout.font)
    below = displayed(f"score {tile.score:.4f}   {tile.name}", layout.font_file)
    draw.text((left, len(lines) * LINE_HEIGHT), below, GREY, layout.small_font)
    draw.line((MARGIN, height - MARGIN // 2, layout.width - MARGIN, height - MARGIN // 2), (225, 225, 225))
    return canvas


def _scaled(image_HWC: np.ndarray, width: int) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(image_HWC[:, :, ::-1]))
    scale = min(width / image.width, IMAGE_HEIGHT / image.height, 3.0)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _wrapped(label: str, runs: Runs, layout: Layout) -> list[Line]:
    """Lines of characters that stay inside the tile, `label` before the first."""
    left = float(layout.image_width + 2 * MARGIN)
    start = x = left + 70.0
    lines: list[Line] = [[(left, label, GREY)]]
    for character, differs in runs or [("(empty)", False)]:
        glyph = SPACE_MARK if differs and character == " " else displayed(character, layout.font_file)
        width = layout.font.getlength(glyph)
        if x + width > layout.width - MARGIN:
            lines.append([])
            x = start
        lines[-1].append((x, glyph, RED if differs else BLACK if runs else GREY))
        x += width
    return lines
