"""The row of characters of a plate as one mask: own stroke lettering or a bold font, and the separators between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.fonts import face_named, load
from ocrflow.data.synth.strokes import CAP_HEIGHT_PX, Lettering, stroke_glyph

CAP_TOP_PX = 8
ROW_HEIGHT_PX = CAP_HEIGHT_PX + 3 * CAP_TOP_PX
_EM_PX = 136
_SOFTENINGS = ("", "I", "1", "I1", "I13", "I134", "I69", "I1469", "134769", "I1J", "I13469M", "0", "I07M", "4J")
_FACES = [
    "Roboto-Bold", "Roboto-Bold", "Roboto-Medium", "Roboto-Black", "SourceSansPro-Bold", "SourceSansPro-Semibold",
    "DejaVuSans-Bold", "DejaVuSansMono-Bold", "HankenGrotesk-Bold", "HankenGrotesk-SemiBold", "Manrope-ExtraBold",
]  # fmt: skip


def _letterings() -> list[Lettering]:
    forms = [
        (0.44, 0.13),
        (0.48, 0.14),
        (0.52, 0.125),
        (0.52, 0.15),
        (0.57, 0.13),
        (0.6, 0.15),
        (0.64, 0.12),
        (0.5, 0.17),
    ]
    rounds = [(1.0, False), (0.85, False), (0.65, False), (1.0, True), (0.45, False), (0.8, True)]
    return [
        Lettering(width, weight, *rounds[(at + turn) % 6], _SOFTENINGS[(3 * at + turn) % len(_SOFTENINGS)])
        for at, (width, weight) in enumerate(forms)
        for turn in range(3)
    ]


LETTERINGS = _letterings()


@lru_cache(maxsize=512)
def font_glyph(char: str, face_name: str) -> Image.Image:
    """The 'L' mask of a character of a font, with capitals CAP_HEIGHT_PX high, in a row of ROW_HEIGHT_PX."""
    font = load(face_named(face_name).path, _EM_PX)
    top, bottom = (int(value) for value in font.getbbox("H", anchor="ls")[1::2])
    drawn = Image.new("L", (2 * _EM_PX, 2 * _EM_PX), 0)
    ImageDraw.Draw(drawn).text((_EM_PX // 2, _EM_PX), char, fill=255, font=font, anchor="ls")
    left, _, right, _ = drawn.getbbox() or (0, 0, 1, 1)
    scale = CAP_HEIGHT_PX / (bottom - top)
    rows = (_EM_PX + top - round(CAP_TOP_PX / scale), _EM_PX + bottom + round(2 * CAP_TOP_PX / scale))
    size = (max(1, round((right - left) * scale)), ROW_HEIGHT_PX)
    return drawn.crop((left, rows[0], right, rows[1])).resize(size, Image.Resampling.BOX)


@dataclass(frozen=True)
class Row:
    """A row of characters.

    Attributes:
        mask: 'L', ROW_HEIGHT_PX high, the capitals from CAP_TOP_PX on.
        stickers: x of the centre of each coloured sticker between groups, px in the mask.
    """

    mask: Image.Image
    stickers: tuple[int, ...]


def _glyphs(dice: Dice, text: str) -> list[Image.Image | None]:
    """A mask per character, None for a separator."""
    if dice.chance(0.3):
        name, narrow = dice.pick(_FACES), dice.uniform(0.62, 1.0)
        masks = [None if char == "|" else font_glyph(char, name) for char in text]
        return [mask and mask.resize((max(8, int(mask.width * narrow)), mask.height)) for mask in masks]
    lettering = dice.pick(LETTERINGS)
    return [None if char == "|" else _in_row(stroke_glyph(char, lettering)) for char in text]


def _in_row(glyph: Image.Image) -> Image.Image:
    row = Image.new("L", (glyph.width, ROW_HEIGHT_PX), 0)
    row.paste(glyph, (0, CAP_TOP_PX))
    return row


def _separator(dice: Dice, kind: str, mask: Image.Image, left: int, right: int) -> None:
    draw, middle = ImageDraw.Draw(mask), (left + right) // 2
    y = CAP_TOP_PX + CAP_HEIGHT_PX // 2
    if kind == "dash":
        draw.rectangle((middle - 15, y - 6, middle + 15, y + 6), fill=255)
    elif kind == "dot":
        radius = dice.integer(6, 9)
        draw.ellipse((middle - radius, y - radius, middle + radius, y + radius), fill=255)
    elif kind == "diamond":
        draw.polygon([(middle, y - 14), (middle + 12, y), (middle, y + 14), (middle - 12, y)], fill=255)


def plate_row(dice: Dice, text: str, separator: str) -> Row:
    """The text as a mask.

    Args:
        text: digits and capitals, and '|' where the separator stands.
        separator: 'gap', 'dash', 'dot', 'diamond', 'sticker' or 'none'.
    """
    glyphs = _glyphs(dice, text)
    space = dice.integer(9, 26)
    gap = {"none": 0, "gap": dice.integer(14, 60), "sticker": dice.integer(44, 64)}.get(separator, dice.integer(36, 56))
    places, x = [], 2
    for glyph in glyphs:
        places.append(x)
        x += gap if glyph is None else glyph.width + space
    mask, stickers = Image.new("L", (x - space + 4, ROW_HEIGHT_PX), 0), []
    for glyph, place in zip(glyphs, places, strict=True):
        if glyph is not None:
            mask.paste(glyph, (place, 0))
            continue
        middle = place + (gap - space) // 2
        _separator(dice, separator, mask, middle - 4, middle + 4)
        stickers.append(middle)
    return Row(mask, tuple(stickers) if separator == "sticker" else ())
