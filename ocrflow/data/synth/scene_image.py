"""One picture of the `scenes` style: a street or yard with one to four licence plates, and where they are."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from ocrflow.data.synth import camera
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.geometry import Point, quad_coefficients, rectangle, turn
from ocrflow.data.synth.plate_sheet import plate_sheet
from ocrflow.data.synth.plate_styles import plate_style
from ocrflow.data.synth.plate_texts import plate_pattern
from ocrflow.data.synth.plate_wear import wear
from ocrflow.data.synth.scene_backdrop import backdrop

Plate = tuple[str, list[Point]]
_SIZES = ((480, 360), (512, 384), (560, 420), (640, 480))
_ATTEMPTS = 12
_ROOM_PX = 10


def _corners(dice: Dice, size: tuple[int, int], aspect: float) -> list[Point]:
    """Where a plate of this width / height comes to lie: turned, sheared and in perspective, inside the picture."""
    width = dice.uniform(0.13, 0.4) * size[0]
    height = width / aspect
    x = dice.uniform(0.55 * width, size[0] - 0.55 * width)
    y = dice.uniform(0.2, 0.9) * (size[1] - 2 * height) + height
    quad = rectangle(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    lean, away = dice.uniform(-0.15, 0.15) * height, dice.uniform(-0.12, 0.12) * height
    moves = [(lean, max(0.0, away)), (lean, max(0.0, -away)), (-lean, -max(0.0, -away)), (-lean, -max(0.0, away))]
    seen = [(px + dx, py + dy) for (px, py), (dx, dy) in zip(quad, moves, strict=True)]
    limit = 14.0 if dice.chance(0.4) else 4.0
    return turn(seen, dice.uniform(-limit, limit), (x, y))


def _is_free(quad: list[Point], taken: list[list[Point]], size: tuple[int, int]) -> bool:
    left, top, right, bottom = _bounds(quad)
    if left < 2 or top < 2 or right > size[0] - 2 or bottom > size[1] - 2:
        return False
    others = [_bounds(other) for other in taken]
    return all(
        left > box[2] + _ROOM_PX or right < box[0] - _ROOM_PX or top > box[3] + _ROOM_PX or bottom < box[1] - _ROOM_PX
        for box in others
    )


def _bounds(quad: list[Point]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    return min(xs), min(ys), max(xs), max(ys)


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


def scene_image(dice: Dice) -> tuple[Image.Image, list[Plate]]:
    """An RGB picture, 480 to 640 px wide, and its plates: text and four corners, clockwise from the top left, px."""
    size = dice.pick(_SIZES)
    scene = backdrop(dice, size)
    plates: list[Plate] = []
    for _ in range(dice.weighted([(1, 5), (2, 3), (3, 1), (4, 0.5)])):
        shown, label = plate_pattern(dice)
        sheet = plate_sheet(dice, shown, plate_style(dice))
        left, top, right, bottom = sheet.plate
        flat = wear(dice, sheet.image)
        for _ in range(_ATTEMPTS):
            quad = _corners(dice, size, (right - left) / (bottom - top))
            if _is_free(quad, [corners for _, corners in plates], size):
                _paste(scene, flat, sheet.plate, quad)
                plates.append((label, quad))
                break
    return _light(dice, scene), plates
