"""One picture of the `texts` style: a page of lines, or texts scattered over a scene, and where they are."""

from __future__ import annotations

from PIL import Image, ImageFilter

from ocrflow.data.synth import camera
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.geometry import Point, turn
from ocrflow.data.synth.line_texts import line_text
from ocrflow.data.synth.paper import colours, paper
from ocrflow.data.synth.scene_backdrop import backdrop
from ocrflow.data.synth.scene_text import TextLine, bounds, ink_for, panel, text_quad

Label = tuple[str, list[Point]]
_SIZES = ((480, 480), (400, 560), (560, 420), (640, 480))
_ATTEMPTS = 6
_GAP_PX = 4


def text_scene(dice: Dice) -> tuple[Image.Image, list[Label]]:
    """An RGB picture, 400 to 640 px wide, and its texts with their four corners, clockwise from the top left, px."""
    size = dice.pick(_SIZES)
    image, labels = _page(dice, size) if dice.chance(0.45) else _scattered(dice, size)
    return _photograph(dice, image), labels


def _ground(dice: Dice, size: tuple[int, int]) -> Image.Image:
    kind = dice.weighted([("paper", 2), ("street", 4), ("clouds", 2)])
    if kind == "street":
        return backdrop(dice, size)
    colour, other = colours(dice)
    if kind == "paper":
        return paper(dice, size, colour, abs(camera.luminance(colour) - camera.luminance(other)))
    mix = dice.clouds(size, dice.integer(8, 160))
    return Image.composite(Image.new("RGB", size, colour), Image.new("RGB", size, camera.jitter(dice, colour, 60)), mix)


def _scattered(dice: Dice, size: tuple[int, int]) -> tuple[Image.Image, list[Label]]:
    image, labels = _ground(dice, size), list[Label]()
    for _ in range(dice.integer(1, 14)):
        height = dice.weighted([(dice.uniform(10, 22), 4), (dice.uniform(22, 48), 4), (dice.uniform(48, 110), 1.5)])
        line = TextLine(dice, line_text(dice), height)
        width = line.aspect * height
        degrees = dice.weighted([(dice.uniform(-4, 4), 5), (dice.uniform(-20, 20), 3), (dice.uniform(-60, 60), 1)])
        lean = dice.uniform(-0.25, 0.25) * height if dice.chance(0.4) else 0.0
        for _ in range(_ATTEMPTS):
            centre = dice.uniform(0, size[0]), dice.uniform(0, size[1])
            quad = text_quad(centre, width, height, degrees, lean)
            if _is_free(quad, labels, size, 0.4 * height):
                on_panel = dice.chance(0.35)
                colour = panel(image, dice, centre, (width, height), degrees, lean) if on_panel else None
                line.paint(image, quad, colour or ink_for(image, quad, dice))
                labels.append((line.text, quad))
                break
    return image, labels


def _page(dice: Dice, size: tuple[int, int]) -> tuple[Image.Image, list[Label]]:
    """Lines in one to three columns on paper, all turned by the same angle."""
    back, front = colours(dice)
    image, labels = paper(dice, size, back, abs(camera.luminance(back) - camera.luminance(front))), list[Label]()
    base, degrees = dice.uniform(10, 26), dice.uniform(-3, 3)
    leading, middle = dice.uniform(1.1, 2.0), (size[0] / 2, size[1] / 2)
    edges = [dice.uniform(0.03, 0.12) * size[0], *sorted(dice.uniform(0.3, 0.85) * size[0] for _ in range(2))]
    edges = edges[: dice.weighted([(1, 2), (2, 3), (3, 1)])]
    y = dice.uniform(0.02, 0.2) * size[1]
    while y < size[1] * 0.97:
        height = base * dice.weighted([(1.0, 8), (1.5, 1), (2.0, 0.5)])
        y += height * leading
        for x in edges:
            if not dice.chance(0.85):
                continue
            line = TextLine(dice, line_text(dice), height)
            width = line.aspect * height
            centre = turn([(x + width / 2, y - height / 2)], degrees, middle)[0]
            quad = text_quad(centre, width, height, degrees)
            if _is_free(quad, labels, size, _GAP_PX - height * 0.2):
                line.paint(image, quad, front)
                labels.append((line.text, quad))
        y += height * leading if dice.chance(0.15) else 0.0
    return image, labels


def _is_free(quad: list[Point], labels: list[Label], size: tuple[int, int], gap: float) -> bool:
    left, top, right, bottom = bounds(quad)
    if left < 1 or top < 1 or right > size[0] - 2 or bottom > size[1] - 2:
        return False
    others = (bounds(other) for _, other in labels)
    return all(
        left > box[2] + gap or right < box[0] - gap or top > box[3] + gap or bottom < box[1] - gap for box in others
    )


def _photograph(dice: Dice, image: Image.Image) -> Image.Image:
    if dice.chance(0.4):
        light = camera.ramp(image.size, dice.integer(110, 255), 255, dice.uniform(0, 360))
        image = camera.darken(image, light)
    if dice.chance(0.5):
        image = camera.exposure(image, dice, 0.55, 1.15, dice.integer(0, 25))
    kind = dice.weighted([("sharp", 4), ("defocus", 2), ("motion", 0.7)])
    if kind == "defocus":
        image = image.filter(ImageFilter.GaussianBlur(round(dice.uniform(0.4, 1.5), 3)))
    elif kind == "motion":
        image = camera.motion_blur(image, dice, dice.integer(1, 3))
    return camera.sensor_noise(image, dice, dice.integer(4, 28)) if dice.chance(0.5) else image
