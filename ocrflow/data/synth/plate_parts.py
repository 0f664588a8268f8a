"""The parts of a plate: country band, small print, faint pictures, pressed characters, stickers, screws."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw

from ocrflow.data.synth.camera import Colour, jitter
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.fonts import face_named, load

_SMALL_FACES = [
    "Caladea-BoldItalic",
    "SourceSansPro-Bold",
    "Roboto-Medium",
    "SourceSerifPro-BoldIt",
    "AmaticSC-Bold",
    "DejaVuSans",
]


def shade(colour: Colour, percent: int) -> Colour:
    """The colour at this percentage of its brightness."""
    red, green, blue = (min(255, value * percent // 100) for value in colour)
    return red, green, blue


def draw_landscape(dice: Dice, image: Image.Image, face: Colour) -> None:
    """Faint hills behind the characters."""
    draw, (width, height) = ImageDraw.Draw(image), image.size
    for layer in range(dice.integer(1, 3)):
        tint = jitter(dice, shade(face, 88 - 5 * layer), 14)
        points = [(x * width // 6, dice.integer(height * (3 + layer) // 8, height * 7 // 8)) for x in range(7)]
        draw.polygon([(0, height), *points, (width, height)], fill=tint)


def draw_small_print(dice: Dice, image: Image.Image, text: str, middle_y: int, ink: Colour, height_px: int) -> None:
    """A line of small print, about in the middle."""
    font = load(face_named(dice.pick(_SMALL_FACES)).path, height_px)
    x = image.width // 2 + dice.integer(-image.width // 20, image.width // 20)
    ImageDraw.Draw(image).text((x, middle_y), text, fill=ink, font=font, anchor="mm")


def draw_band(dice: Dice, image: Image.Image, colour: Colour, at_left: bool) -> int:
    """A country band with a ring of stars and one or two small letters; returns its width in px."""
    height = image.height
    width = int(height * dice.uniform(0.34, 0.44))
    left = 0 if at_left else image.width - width
    draw, middle = ImageDraw.Draw(image), left + width // 2
    draw.rectangle((left, 0, left + width, height), fill=colour)
    radius = width // 4
    for dx, dy in ((0, -4), (2, -3), (4, 0), (2, 3), (0, 4), (-2, 3), (-4, 0), (-2, -3)):
        x, y = middle + dx * radius // 4, height * 32 // 100 + dy * radius // 4
        draw.ellipse((x - 1, y - 1, x + 1, y + 1), fill=(236, 214, 70) if at_left else (236, 238, 238))
    code = dice.string("ABCDEFGHIKLMNPRSTUVZ", dice.integer(1, 2))
    draw.text(
        (middle, height * 76 // 100),
        code,
        fill=(238, 240, 240),
        font=load(face_named("Roboto-Bold").path, 22),
        anchor="mm",
    )
    return width


def press(dice: Dice, image: Image.Image, mask: Image.Image, ink: Colour, face: Colour) -> None:
    """Paint the mask in ink, with the light and the shadow of a pressed relief."""
    depth = dice.weighted([(0, 3), (1, 4), (2, 2)])
    if depth:
        image.paste(shade(face, 125), mask=ImageChops.offset(mask, -depth, -depth))
        image.paste(shade(face, 62), mask=ImageChops.offset(mask, depth, depth))
    if dice.chance(0.25):
        worn = dice.clouds(mask.size, dice.integer(3, 14), dice.integer(110, 200), 255)
        mask = ImageChops.multiply(mask, worn)
    image.paste(ink, mask=mask)


def draw_stickers(dice: Dice, image: Image.Image, middles: list[int], top: int, bottom: int) -> None:
    """Round seals between the groups of characters, one or two at each x."""
    draw = ImageDraw.Draw(image)
    for x in middles:
        colour = jitter(
            dice, dice.pick([(190, 60, 50), (60, 120, 170), (90, 150, 80), (220, 150, 50), (120, 120, 126)]), 20
        )
        radius, height = (bottom - top) // 6, bottom - top
        for y in [top + height // 4, bottom - height // 4] if dice.chance(0.6) else [(top + bottom) // 2]:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour, outline=(200, 200, 200))
            draw.ellipse(
                (x - radius // 2, y - radius // 2, x + radius // 2, y + radius // 2), fill=jitter(dice, colour, 60)
            )


def draw_screws(dice: Dice, image: Image.Image, text_top: int) -> None:
    """Two or four screw heads, away from the characters."""
    draw, (width, height) = ImageDraw.Draw(image), image.size
    inset, radius = int(width * dice.uniform(0.1, 0.28)), dice.integer(2, 4)
    rows = dice.pick([[height // 10], [height // 10, height - height // 10]]) if text_top > 9 else [height - 5]
    colour = jitter(dice, dice.pick([(70, 66, 60), (150, 150, 148), (30, 30, 30)]), 14)
    for y in rows:
        for x in (inset, width - inset):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour, outline=shade(colour, 55))
