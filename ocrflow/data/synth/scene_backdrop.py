"""What stands behind the plates of the `scenes` style: sky, ground, car bodies with windows, lamps and vents."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from ocrflow.data.synth import camera
from ocrflow.data.synth.camera import Colour, jitter
from ocrflow.data.synth.dice import Dice

_GROUNDS: list[Colour] = [(90, 90, 92), (130, 126, 118), (70, 74, 70), (150, 140, 126), (60, 60, 66)]
_SKIES: list[Colour] = [(170, 190, 210), (200, 200, 204), (120, 130, 140), (96, 110, 96), (40, 44, 60)]
_CARS: list[Colour] = [(24, 24, 26), (70, 72, 76), (160, 162, 166), (222, 222, 224), (120, 20, 24), (26, 44, 92)]
_LAMPS: list[Colour] = [(240, 236, 210), (190, 30, 30), (230, 140, 40)]


def backdrop(dice: Dice, size: tuple[int, int]) -> Image.Image:
    """An RGB picture of (width, height) without any plate or text."""
    width, height = size
    horizon = dice.integer(height // 6, height // 2)
    image = Image.new("RGB", size, jitter(dice, dice.pick(_GROUNDS), 16))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, horizon), fill=jitter(dice, dice.pick(_SKIES), 16))
    for _ in range(dice.integer(0, 6)):
        _block(dice, draw, width, horizon)
    for _ in range(dice.integer(1, 3)):
        _car(dice, draw, size)
    grain = dice.clouds(size, dice.integer(2, 30), 170, 255)
    image = camera.darken(image, grain)
    return image.filter(ImageFilter.BoxBlur(1))


def _block(dice: Dice, draw: ImageDraw.ImageDraw, width: int, horizon: int) -> None:
    """A house or a hedge on the horizon, sometimes with rows of windows."""
    left, wide = dice.integer(-40, width), dice.integer(30, 160)
    top = horizon - dice.integer(10, max(11, horizon - 4))
    colour = jitter(dice, dice.pick(_GROUNDS), 30)
    draw.rectangle((left, top, left + wide, horizon), fill=colour)
    if dice.chance(0.5):
        pane = jitter(dice, dice.pick(_SKIES), 30)
        for x in range(left + 6, left + wide - 8, 16):
            for y in range(top + 6, horizon - 10, 18):
                draw.rectangle((x, y, x + 8, y + 9), fill=pane)


def _car(dice: Dice, draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    """A car's end: body, window, two lamps, and bars of a vent, which look like text to a careless detector."""
    width, height = size
    wide, high = dice.integer(width // 4, width * 2 // 3), dice.integer(height // 4, height * 2 // 3)
    left, top = dice.integer(-wide // 4, width - wide // 2), dice.integer(height // 8, height - high // 2)
    colour = jitter(dice, dice.pick(_CARS), 14)
    draw.rounded_rectangle((left, top, left + wide, top + high), radius=max(4, high // 10), fill=colour)
    window = (left + wide // 8, top + high // 12, left + wide - wide // 8, top + high // 3)
    draw.rounded_rectangle(window, radius=6, fill=jitter(dice, dice.pick(_SKIES), 20))
    lamp, lamp_top = max(6, wide // 8), top + high * dice.integer(40, 60) // 100
    for x in (left + wide // 20, left + wide - wide // 20 - lamp):
        draw.rounded_rectangle((x, lamp_top, x + lamp, lamp_top + lamp // 2), radius=3, fill=dice.pick(_LAMPS))
    if dice.chance(0.6):
        bars, y = dice.integer(2, 5), top + high * dice.integer(62, 80) // 100
        dark = (max(0, colour[0] - 40), max(0, colour[1] - 40), max(0, colour[2] - 40))
        for number in range(bars):
            draw.rectangle((left + wide // 3, y + 5 * number, left + wide * 2 // 3, y + 5 * number + 2), fill=dark)
