"""A picture of readings: each image with its truth, what was read, the differing characters in red, and the score."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from ocrflow.files import replacing

IMAGE_WIDTH = 420  # pixels of the left column; an image fills it without growing more than 3 times
IMAGE_HEIGHT = 96
CANVAS_WIDTH = 1200
MARGIN = 16
LINE_HEIGHT = 30
FONT_SIZE = 22
BLACK, GREY, RED = (20, 20, 20), (120, 120, 120), (208, 0, 0)
NO_CHARACTER = "\U0010ffff"  # no font has it: its glyph is the one of missing characters
SPACE_MARK = "\u2423"

Runs = list[tuple[str, bool]]  # characters as they are shown, and whether they differ


@dataclass(frozen=True)
class Tile:
    """One row of the gallery: a uint8 BGR image, its true text, the text that was read with its score, and its name."""

    image_HWC: np.ndarray
    truth: str
    text: str
    score: float
    name: str


def write_gallery(path: Path, title: str, tiles: Sequence[Tile]) -> None:
    """Write the PNG `path` with `title` on top and the tiles below each other.

    Raises:
        OutsideError: the file cannot be written.
    """
    drawn = [_draw_tile(tile) for tile in tiles]
    top = 2 * MARGIN + LINE_HEIGHT
    canvas = Image.new("RGB", (CANVAS_WIDTH, top + sum(image.height for image in drawn)), "white")
    ImageDraw.Draw(canvas).text((MARGIN, MARGIN), shown(title), BLACK, _font())
    for image in drawn:
        canvas.paste(image, (0, top))
        top += image.height
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


def shown(text: str) -> str:
    """`text` with every character that the font lacks as \\uXXXX."""
    return "".join(character if _has_glyph(character) else _escaped(character) for character in text)


def _draw_tile(tile: Tile) -> Image.Image:
    left = IMAGE_WIDTH + 2 * MARGIN
    truth, text = differences(tile.truth, tile.text)
    lines = [*_wrapped("truth", truth, left), *_wrapped("read", text, left)]
    height = max(IMAGE_HEIGHT, LINE_HEIGHT * (len(lines) + 1)) + MARGIN
    canvas = Image.new("RGB", (CANVAS_WIDTH, height), "white")
    draw = ImageDraw.Draw(canvas)
    canvas.paste(_scaled(tile.image_HWC), (MARGIN, 0))
    for row, line in enumerate(lines):
        for x, character, color in line:
            draw.text((x, row * LINE_HEIGHT), character, color, _font())
    draw.text((left, len(lines) * LINE_HEIGHT), shown(f"score {tile.score:.4f}   {tile.name}"), GREY, _font(15))
    draw.line((MARGIN, height - MARGIN // 2, CANVAS_WIDTH - MARGIN, height - MARGIN // 2), (225, 225, 225))
    return canvas


def _scaled(image_HWC: np.ndarray) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(image_HWC[:, :, ::-1]))
    scale = min(IMAGE_WIDTH / image.width, IMAGE_HEIGHT / image.height, 3.0)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _wrapped(label: str, runs: Runs, left: int) -> list[list[tuple[float, str, tuple[int, int, int]]]]:
    """Lines of (x, character, colour) that stay inside the canvas, `label` before the first."""
    start = x = left + 70.0
    lines = [[(float(left), label, GREY)]]
    for character, differs in runs or [("(empty)", False)]:
        glyph = SPACE_MARK if differs and character == " " else shown(character) if runs else character
        width = _font().getlength(glyph)
        if x + width > CANVAS_WIDTH - MARGIN:
            lines.append([])
            x = start
        lines[-1].append((x, glyph, RED if differs else BLACK if runs else GREY))
        x += width
    return lines


@cache
def _font(size: int = FONT_SIZE) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu Sans as matplotlib brings it, else Pillow's own font."""
    found = importlib.util.find_spec("matplotlib")
    if found and found.origin:
        file = Path(found.origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf"
        if file.is_file():
            return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)
    return ImageFont.load_default(size)


@cache
def _has_glyph(character: str) -> bool:
    font = _font()
    return character.isprintable() and bytes(font.getmask(character)) != bytes(font.getmask(NO_CHARACTER))


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
