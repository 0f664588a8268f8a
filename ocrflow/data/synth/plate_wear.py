"""Dirt, mud, scratches and glare on a plate."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from ocrflow.data.synth.camera import Colour, jitter
from ocrflow.data.synth.dice import Dice

_DIRT: list[Colour] = [(92, 74, 52), (60, 52, 44), (120, 104, 80), (40, 38, 36)]


def specks(dice: Dice, image: Image.Image) -> None:
    """Small spots of dirt, thrown on by the road."""
    draw, (width, height) = ImageDraw.Draw(image), image.size
    colour = jitter(dice, dice.pick(_DIRT), 12)
    for _ in range(dice.integer(6, 60)):
        x, y, radius = (
            dice.integer(0, width),
            dice.integer(0, height),
            dice.weighted([(0, 6), (1, 4), (2, 1), (3, 0.4)]),
        )
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def mud(dice: Dice, image: Image.Image) -> Image.Image:
    """A film of dust, thicker towards one edge; characters shine through."""
    film = dice.clouds(image.size, dice.integer(10, 50), 0, dice.integer(90, 190))
    steep = dice.integer(1, 3)
    film = film.point([max(0, (value - 60) * steep // 2) if value < 150 else min(170, value) for value in range(256)])
    colour = Image.new("RGB", image.size, jitter(dice, dice.pick(_DIRT), 12))
    return Image.composite(colour, image, film.filter(ImageFilter.BoxBlur(1)))


def scratches(dice: Dice, image: Image.Image) -> None:
    """Thin bright or dark lines."""
    draw, (width, height) = ImageDraw.Draw(image), image.size
    for _ in range(dice.integer(1, 6)):
        x, y = dice.integer(0, width), dice.integer(0, height)
        end = (x + dice.integer(-width // 4, width // 4), y + dice.integer(-height // 3, height // 3))
        draw.line(((x, y), end), fill=jitter(dice, dice.pick([(210, 210, 206), (70, 66, 60)]), 20), width=1)


def glare(dice: Dice, image: Image.Image) -> Image.Image:
    """A soft spot of reflected light or of a flash."""
    width, height = image.size
    spot = Image.new("L", (max(2, width // 4), max(2, height // 4)), 0)
    x, y, radius = dice.integer(0, spot.width), dice.integer(0, spot.height), dice.integer(5, 16)
    ImageDraw.Draw(spot).ellipse((x - radius, y - radius, x + radius, y + radius), fill=dice.integer(60, 150))
    soft = spot.filter(ImageFilter.BoxBlur(radius // 2)).resize(image.size, Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", image.size, (255, 255, 250)), image, soft)


def wear(dice: Dice, image: Image.Image) -> Image.Image:
    """Some of all that, by lot; most plates are nearly clean."""
    if dice.chance(0.2):
        image = mud(dice, image)
    if dice.chance(0.25):
        specks(dice, image)
    if dice.chance(0.12):
        scratches(dice, image)
    return glare(dice, image) if dice.chance(0.1) else image
