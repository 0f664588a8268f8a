"""One picture of the `plates` style: a licence plate as a camera beside the road sees it, cut out imperfectly."""

from __future__ import annotations

from PIL import Image, ImageFilter

from ocrflow.data.synth import camera
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.geometry import Point, quad_coefficients, rectangle, turn
from ocrflow.data.synth.plate_sheet import PLATE_HEIGHT_PX, Box, Sheet, plate_sheet
from ocrflow.data.synth.plate_styles import plate_style
from ocrflow.data.synth.plate_wear import wear

_WORK_HEIGHT_PX = 80
# A character's share of the width, as a part of the crop's height; PP-OCR's time steps cannot part narrower ones.
_NARROWEST = 0.44


def _core(dice: Dice, sheet: Sheet, num_characters: int) -> Box:
    """What the detector took for the plate: the sheet of metal, or the characters with some room around.

    Where many characters stand on a squat plate it is always the characters.
    """
    left, top, right, bottom = sheet.plate
    wide_enough = (right - left) >= _NARROWEST * num_characters * (bottom - top)
    if dice.chance(0.65) and wide_enough:
        return sheet.plate
    left, top, right, bottom = sheet.text
    room_x, room_y = dice.integer(4, 20), dice.integer(3, 11)
    low = (sheet.plate[0] - 4, sheet.plate[1] - 4)
    high = (sheet.plate[2] + 4, sheet.plate[3] + 4)
    start = (max(low[0], left - room_x), max(low[1], top - room_y))
    return (*start, min(high[0], right + room_x), min(high[1], bottom + room_y))


def _view(dice: Dice, width: float, height: float, most: float) -> list[Point]:
    """Corners of a (width, height) rectangle seen from somewhere: turned, sheared, in perspective; `most` is 0..1."""
    tilt = dice.uniform(0, most)
    limit = min(12.0, 28.0 * height / width, 5.0 * width / height)
    angle = dice.uniform(-limit, limit) * tilt
    shear = dice.uniform(-0.22, 0.22) * height * tilt
    away = dice.uniform(-0.1, 0.1) * height * (most if dice.chance(0.5) else 0)
    squeeze = dice.uniform(1 - 0.12 * most, 1.08)
    quad = rectangle(0, 0, width * squeeze, height)
    moves = [(shear, max(0.0, away)), (shear, max(0.0, -away)), (-shear, -max(0.0, -away)), (-shear, -max(0.0, away))]
    seen = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(quad, moves, strict=True)]
    return turn(seen, angle, (width * squeeze / 2, height / 2))


def _crop(dice: Dice, sheet: Sheet, image: Image.Image, num_characters: int) -> Image.Image:
    """The crop at _WORK_HEIGHT_PX, with a bit of car around the plate or a bit of its margin cut off."""
    left, top, right, bottom = _core(dice, sheet, num_characters)
    crowded = (right - left) < 1.25 * _NARROWEST * num_characters * (bottom - top)
    quad = _view(dice, right - left, bottom - top, 0.4 if crowded else 1.0)
    margin = PLATE_HEIGHT_PX * (0.02 if crowded else dice.weighted([(0.02, 4), (0.07, 4), (0.14, 2)]))
    cuts = [dice.uniform(-0.03 * PLATE_HEIGHT_PX, margin) for _ in range(4)]
    x_low, y_low = min(x for x, _ in quad) - cuts[0], min(y for _, y in quad) - cuts[1]
    x_high, y_high = max(x for x, _ in quad) + cuts[2], max(y for _, y in quad) + cuts[3]
    scale = _WORK_HEIGHT_PX / (y_high - y_low)
    size = (int((x_high - x_low) * scale), _WORK_HEIGHT_PX)
    placed = [((x - x_low) * scale, (y - y_low) * scale) for x, y in quad]
    coefficients = quad_coefficients((left, top, right, bottom), placed)
    fill = image.getpixel((2, image.height // 2))
    return image.transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC, fillcolor=fill)


def _light(dice: Dice, image: Image.Image) -> Image.Image:
    if dice.chance(0.7):
        first, last = dice.integer(130, 255), dice.integer(200, 255)
        image = camera.darken(image, camera.ramp(image.size, first, last, dice.uniform(0, 360)))
    if dice.chance(0.16):
        image = camera.shadow(image, dice)
    low, high = dice.weighted([((0.75, 1.15), 6), ((0.4, 0.75), 3), ((0.34, 0.4), 0.4), ((1.15, 1.4), 1)])
    return camera.exposure(image, dice, low, high, dice.weighted([(0, 3), (dice.integer(5, 50), 2)]))


def _sensor(dice: Dice, image: Image.Image) -> Image.Image:
    height = image.height
    kind = dice.weighted([("sharp", 2.5), ("defocus", 3), ("motion", 1.2), ("far", 3.5)])
    if kind == "defocus":
        image = image.filter(ImageFilter.GaussianBlur(round(dice.uniform(0.4, 0.03 * height), 3)))
    elif kind == "motion":
        image = camera.motion_blur(image, dice, dice.integer(1, max(2, height // 16)))
    elif kind == "far":
        image = camera.low_resolution(image, dice, dice.integer(18, height * 3 // 4))
    if dice.chance(0.6):
        image = camera.sensor_noise(image, dice, dice.integer(4, 30))
    return camera.grey(image) if dice.chance(0.15) else image


def plate_image(shown: str, dice: Dice) -> Image.Image:
    """An RGB crop, 32 to 64 px high, of a plate with this text.

    Args:
        shown: 5 to 8 digits and capitals, and '|' where a separator may stand.
    """
    sheet = plate_sheet(dice, shown, plate_style(dice))
    crop = _light(dice, _crop(dice, sheet, wear(dice, sheet.image), len(shown.replace("|", ""))))
    height_px = dice.integer(32, 64)
    size = (max(24, crop.width * height_px // crop.height), height_px)
    return _sensor(dice, crop.resize(size, Image.Resampling.BILINEAR))
