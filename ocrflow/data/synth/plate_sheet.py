"""The flat picture of a plate on a piece of car body, before any camera looks at it."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from ocrflow.data.synth.camera import Colour, jitter, ramp
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.plate_lettering import Row, plate_row
from ocrflow.data.synth.plate_parts import (
    draw_band,
    draw_landscape,
    draw_screws,
    draw_small_print,
    draw_stickers,
    press,
    shade,
)
from ocrflow.data.synth.plate_styles import PlateStyle
from ocrflow.data.synth.strokes import CAP_HEIGHT_PX

PLATE_HEIGHT_PX = 96
AROUND_PX = 44
_BODIES: list[Colour] = [
    (20, 20, 22),
    (38, 38, 42),
    (90, 92, 96),
    (160, 162, 166),
    (220, 220, 222),
    (110, 18, 22),
    (24, 40, 84),
    (60, 62, 52),
]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Sheet:
    """A flat plate.

    Attributes:
        image: RGB, the plate with AROUND_PX of car body around it.
        plate: left, top, right, bottom of the plate in it, px.
        text: the same of the row of characters.
    """

    image: Image.Image
    plate: Box
    text: Box


def _body(dice: Dice, size: tuple[int, int]) -> Image.Image:
    """Car body: paint with a gradient, sometimes a bumper edge and a frame in shadow."""
    colour = jitter(dice, dice.pick(_BODIES), 14)
    light = ramp(size, dice.integer(120, 200), dice.integer(200, 255), dice.uniform(60, 120))
    image = Image.composite(Image.new("RGB", size, colour), Image.new("RGB", size, shade(colour, 35)), light)
    if dice.chance(0.5):
        y, draw = dice.integer(0, size[1] - 1), ImageDraw.Draw(image)
        draw.rectangle((0, y, size[0], y + dice.integer(2, 16)), fill=shade(colour, dice.integer(30, 150)))
    return image


def _gradient(style: PlateStyle, size: tuple[int, int]) -> Image.Image:
    top, bottom = style.face
    if top == bottom:
        return Image.new("RGB", size, bottom)
    fade = Image.linear_gradient("L").resize((1, size[1])).resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), fade)


def _fit(row: Row, style: PlateStyle, room: tuple[int, int], dice: Dice) -> tuple[Image.Image, float, float]:
    """The row scaled into the room (left, right), with its scales in x and y."""
    scale_y = style.text_height * PLATE_HEIGHT_PX / CAP_HEIGHT_PX
    width_px = room[1] - room[0]
    scale_x = min(scale_y * dice.uniform(0.95, 1.15), width_px / row.mask.width)
    if scale_x < 0.55 * scale_y:
        scale_y = scale_x / 0.55
    size = (max(1, int(row.mask.width * scale_x)), max(1, int(row.mask.height * scale_y)))
    return row.mask.resize(size, Image.Resampling.BILINEAR), scale_x, scale_y


def _plate(dice: Dice, text: str, style: PlateStyle) -> tuple[Image.Image, Box]:
    height, width = PLATE_HEIGHT_PX, int(PLATE_HEIGHT_PX * style.aspect)
    image, face = _gradient(style, (width, height)), style.face[1]
    if style.landscape:
        draw_landscape(dice, image, face)
    edge = int(height * (0.05 + style.border))
    left = edge + (draw_band(dice, image, style.bands[0], True) if style.bands[0] else 0)
    right = width - edge - (draw_band(dice, image, style.bands[1], False) if style.bands[1] else 0)
    row = plate_row(dice, text, style.separator)
    mask, scale_x, _ = _fit(row, style, (left + 2, right - 2), dice)
    slack = right - left - mask.width
    x = left + slack // 2 + dice.integer(-slack // 8, slack // 8)
    y = min(int(height * style.text_middle) - mask.height // 2, height - mask.height + 6)
    if style.header:
        small = shade(style.ink, dice.integer(80, 120)) if dice.chance(0.6) else jitter(dice, (150, 30, 40), 40)
        draw_small_print(dice, image, style.header, max(9, y // 2 + 3), small, dice.integer(12, 18))
    if style.footer:
        draw_small_print(
            dice, image, style.footer, height - max(6, (height - y - mask.height) // 2), style.ink, dice.integer(9, 13)
        )
    sheet_mask = Image.new("L", image.size, 0)
    sheet_mask.paste(mask, (x, y))
    if style.border:
        thick = max(1, int(height * style.border))
        frame = (thick, thick, width - 1 - thick, height - 1 - thick)
        ImageDraw.Draw(sheet_mask).rounded_rectangle(frame, int(height * style.corner), outline=255, width=thick)
    press(dice, image, sheet_mask, style.ink, face)
    draw_stickers(dice, image, [x + int(place * scale_x) for place in row.stickers], y, y + mask.height)
    if dice.chance(0.55):
        draw_screws(dice, image, y)
    return image, (x, y, x + mask.width, y + mask.height)


def plate_sheet(dice: Dice, text: str, style: PlateStyle) -> Sheet:
    """A plate with this text ('|' for separators), mounted on a car."""
    plate, text_box = _plate(dice, text, style)
    width, height = plate.size
    image = _body(dice, (width + 2 * AROUND_PX, height + 2 * AROUND_PX))
    draw = ImageDraw.Draw(image)
    if dice.chance(0.5):
        out = dice.integer(2, 9)
        frame = (AROUND_PX - out, AROUND_PX - out, AROUND_PX + width + out, AROUND_PX + height + out)
        draw.rounded_rectangle(frame, 8, fill=jitter(dice, dice.pick([(18, 18, 20), (26, 26, 28), (170, 172, 174)]), 8))
    draw.rectangle((AROUND_PX + 2, AROUND_PX + 3, AROUND_PX + width + 2, AROUND_PX + height + 3), fill=(14, 14, 14))
    outline = Image.new("L", plate.size, 0)
    ImageDraw.Draw(outline).rounded_rectangle((0, 0, width - 1, height - 1), int(height * style.corner), fill=255)
    image.paste(plate, (AROUND_PX, AROUND_PX), outline.filter(ImageFilter.BoxBlur(0.5)))
    left, top, right, bottom = text_box
    box = (left + AROUND_PX, top + AROUND_PX, right + AROUND_PX, bottom + AROUND_PX)
    return Sheet(image, (AROUND_PX, AROUND_PX, AROUND_PX + width, AROUND_PX + height), box)
