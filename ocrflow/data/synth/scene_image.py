"""One picture of the `scenes` style: a street or yard with up to four licence plates, and where they are.

Other texts stand there too, on signs and walls, which are no plates and have no label. A plate that is too far away to
be read is labelled `###`, PaddleX's word for a region that counts neither way.
"""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from ocrflow.data.synth import camera
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.geometry import Point, quad_coefficients, rectangle, turn
from ocrflow.data.synth.line_texts import sign_text
from ocrflow.data.synth.plate_sheet import plate_sheet
from ocrflow.data.synth.plate_styles import plate_style
from ocrflow.data.synth.plate_texts import plate_pattern
from ocrflow.data.synth.plate_wear import wear
from ocrflow.data.synth.scene_backdrop import backdrop
from ocrflow.data.synth.scene_text import TextLine, bounds, ink_for, panel, text_quad

Plate = tuple[str, list[Point]]
_SIZES = ((480, 360), (512, 384), (560, 420), (640, 480))
_ATTEMPTS = 12
_ROOM_PX = 10
_NEAR = [(0, 0.7), (1, 5), (2, 3), (3, 1), (4, 0.5)]  # how many, how often
_FAR = [(0, 7), (1, 2), (2, 1)]


def _corners(dice: Dice, size: tuple[int, int], aspect: float, share: float) -> list[Point]:
    """Where a plate of this width / height comes to lie: turned, sheared and in perspective.

    Args:
        share: its width, as a part of the picture's.
    """
    width = share * size[0]
    height = width / aspect
    x = dice.uniform(0.5 * width, size[0] - 0.5 * width)
    y = dice.uniform(0.2, 0.9) * (size[1] - 2 * height) + height
    quad = rectangle(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    lean, away = dice.uniform(-0.15, 0.15) * height, dice.uniform(-0.12, 0.12) * height
    moves = [(lean, max(0.0, away)), (lean, max(0.0, -away)), (-lean, -max(0.0, -away)), (-lean, -max(0.0, away))]
    seen = [(px + dx, py + dy) for (px, py), (dx, dy) in zip(quad, moves, strict=True)]
    limit = dice.weighted([(4.0, 6), (14.0, 3), (40.0, 1.5)])
    return turn(seen, dice.uniform(-limit, limit), (x, y))


def _is_free(quad: list[Point], taken: list[list[Point]], size: tuple[int, int]) -> bool:
    left, top, right, bottom = bounds(quad)
    if left < 2 or top < 2 or right > size[0] - 2 or bottom > size[1] - 2:
        return False
    others = [bounds(other) for other in taken]
    return all(
        left > box[2] + _ROOM_PX or right < box[0] - _ROOM_PX or top > box[3] + _ROOM_PX or bottom < box[1] - _ROOM_PX
        for box in others
    )


def _paste(scene: Image.Image, flat: Image.Image, box: tuple[int, int, int, int], quad: list[Point]) -> None:
    """Put the part `box` of a flat plate picture onto the corners `quad` of the scene."""
    coefficients = quad_coefficients(box, quad)
    seen = flat.transform(scene.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    mask = Image.new("L", scene.size, 0)
    ImageDraw.Draw(mask).polygon([(round(x), round(y)) for x, y in quad], fill=255)
    scene.paste(seen, (0, 0), mask.filter(ImageFilter.BoxBlur(1)))


def _light(dice: Dice, scene: Image.Image) -> Image.Image:
    if dice.chance(0.6):
        scene = camera.darken(scene, camera.ramp(scene.size, dice.integer(120, 255), 255, dice.uniform(0, 360)))
    low, high = dice.weighted([((0.75, 1.15), 6), ((0.4, 0.75), 2)])
    scene = camera.exposure(scene, dice, low, high, dice.integer(0, 25))
    kind = dice.weighted([("sharp", 4), ("defocus", 2), ("motion", 1)])
    if kind == "defocus":
        scene = scene.filter(ImageFilter.GaussianBlur(round(dice.uniform(0.4, 1.6), 3)))
    elif kind == "motion":
        scene = camera.motion_blur(scene, dice, dice.integer(1, 4))
    return camera.sensor_noise(scene, dice, dice.integer(4, 24)) if dice.chance(0.5) else scene


def _plates(dice: Dice, scene: Image.Image, taken: list[list[Point]], far: bool) -> list[Plate]:
    """Put plates where there is room; far ones cannot be read."""
    plates: list[Plate] = []
    for _ in range(dice.weighted(_FAR if far else _NEAR)):
        shown, label = plate_pattern(dice)
        sheet = plate_sheet(dice, shown, plate_style(dice))
        left, top, right, bottom = sheet.plate
        flat = wear(dice, sheet.image)
        for _ in range(_ATTEMPTS):
            share = dice.uniform(0.03, 0.05) if far else dice.uniform(0.13, 0.4)
            quad = _corners(dice, scene.size, (right - left) / (bottom - top), share)
            if _is_free(quad, taken, scene.size):
                _paste(scene, flat.filter(ImageFilter.BoxBlur(4)) if far else flat, sheet.plate, quad)
                plates.append(("###" if far else label, quad))
                taken.append(quad)
                break
    return plates


def _signs(dice: Dice, scene: Image.Image, taken: list[list[Point]]) -> None:
    """Put other texts where there is room: most on walls and cars, some on panels."""
    for _ in range(dice.weighted([(0, 5), (1, 4), (2, 1.5)])):
        height = dice.uniform(10, 34)
        line = TextLine(dice, sign_text(dice), height)
        width, degrees = line.aspect * height, dice.uniform(-8, 8)
        for _ in range(_ATTEMPTS):
            centre = dice.uniform(0, scene.width), dice.uniform(0, scene.height)
            quad = text_quad(centre, width, height, degrees)
            if _is_free(text_quad(centre, width + height, 2.5 * height, degrees), taken, scene.size):
                colour = panel(scene, dice, centre, (width, height), degrees, 0.0) if dice.chance(0.3) else None
                line.paint(scene, quad, colour or ink_for(scene, quad, dice))
                taken.append(quad)
                break


def scene_image(dice: Dice) -> tuple[Image.Image, list[Plate]]:
    """An RGB picture, 480 to 640 px wide, and its plates: text and four corners, clockwise from the top left, px."""
    scene = backdrop(dice, dice.pick(_SIZES))
    taken: list[list[Point]] = []
    plates = _plates(dice, scene, taken, far=False) + _plates(dice, scene, taken, far=True)
    _signs(dice, scene, taken)
    return _light(dice, scene), plates
