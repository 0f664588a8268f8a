"""One picture of the `lines` style: a text line on paper, as a detector would have cut it out."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from ocrflow.data.synth import camera
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.fonts import load, pick_face
from ocrflow.data.synth.geometry import Point, quad_coefficients, rectangle, turn
from ocrflow.data.synth.paper import colours, paper

_SIZES_PX = (24, 30, 36, 44, 52, 60)
_MAX_RATIO = 12.0
Box = tuple[int, int, int, int]


def ink(font: ImageFont.FreeTypeFont, text: str, spacing_px: int) -> tuple[Image.Image, Box]:
    """The text in white on black, and the box (left, top, right, bottom) that holds the line, px."""
    size = int(font.size)
    starts, x = [], size
    for char in text:
        starts.append(x)
        x += int(font.getlength(char) + 0.5) + spacing_px
    mask = Image.new("L", (x + size, size * 2), 0)
    draw = ImageDraw.Draw(mask)
    baseline = size + size // 3
    for char, start in zip(text, starts, strict=True):
        draw.text((start, baseline), char, fill=255, font=font, anchor="ls")
    left, top, right, bottom = mask.getbbox() or (size, size // 2, x, baseline)
    x_height = size // 2
    return mask, (left, min(top, baseline - x_height), right, max(bottom, baseline))


def _quad(dice: Dice, size: Point, centre: Point) -> list[Point]:
    """Where the corners of the line box come to lie in the crop: nearly a rectangle of (width, height)."""
    width, height = size
    x, y = centre
    quad = rectangle(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    if dice.chance(0.35):
        limit = min(3.5, 8.0 * height / width)
        quad = turn(quad, dice.uniform(-limit, limit), centre)
    lean = dice.uniform(-0.22, 0.22) * height if dice.chance(0.2) else 0.0
    wobble = 0.04 * height if dice.chance(0.4) else 0.0
    moves = [lean, lean, -lean, -lean]
    return [
        (px + move + dice.uniform(-wobble, wobble), py + dice.uniform(-wobble, wobble))
        for (px, py), move in zip(quad, moves, strict=True)
    ]


def _layout(dice: Dice, box: Box, height_px: int) -> tuple[tuple[int, int], Point, Point]:
    """(crop size, size of the line box in the crop, its centre), px, for a crop of the given height."""
    box_width, box_height = box[2] - box[0], box[3] - box[1]
    line_height = height_px * dice.uniform(0.62, 0.94)
    stretch = dice.weighted([(dice.uniform(0.9, 1.1), 5), (dice.uniform(0.6, 0.9), 4), (dice.uniform(1.1, 1.4), 2)])
    line_width = min(box_width * line_height / box_height * stretch, (_MAX_RATIO - 0.6) * height_px)
    left, right = dice.uniform(0.04, 0.45) * height_px, dice.uniform(0.04, 0.45) * height_px
    slack = (height_px - line_height) / 2
    width_px = max(int(line_width + left + right), int(height_px * 0.9))
    middle = (width_px - line_width) * left / (left + right) + line_width / 2
    return (width_px, height_px), (line_width, line_height), (middle, height_px / 2 + dice.uniform(-0.7, 0.7) * slack)


def _neighbours(dice: Dice, mask: Image.Image, gap_px: int) -> None:
    """Fragments of the lines above and below, at most `gap_px` rows of them, drawn into the mask."""
    width, height = mask.size
    if gap_px < 2:
        return
    rows = dice.integer(1, gap_px)
    for top in (True, False):
        if dice.chance(0.6):
            strip = mask.crop((0, height // 2, width, height // 2 + rows)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            mask.paste(strip, (dice.integer(-width // 4, width // 4), 0 if top else height - rows))


def _rules(dice: Dice, mask: Image.Image, bottom_px: int) -> None:
    """An underline below the text, or lines of a table or a box at the edges of the crop."""
    width, height = mask.size
    draw, thick = ImageDraw.Draw(mask), dice.integer(1, 2)
    if dice.chance(0.4) and bottom_px + 1 + thick < height:
        draw.rectangle(
            (dice.integer(0, width // 4), bottom_px + 1, width - dice.integer(0, width // 4), bottom_px + thick), 255
        )
        return
    edges = [
        (0, 0, width, thick - 1),
        (0, height - thick, width, height),
        (0, 0, thick - 1, height),
        (width - thick, 0, width, height),
    ]
    for edge in edges:
        if dice.chance(0.45):
            draw.rectangle(edge, 200)


def _thermal(dice: Dice, mask: Image.Image) -> Image.Image:
    """Faint print: uneven heat, and columns that a worn print head leaves out."""
    width, height = mask.size
    heat = dice.clouds(mask.size, dice.integer(8, 30), dice.integer(90, 150), 255)
    mask = ImageChops.multiply(mask, heat)
    if dice.chance(0.5):
        columns = dice.bytes_HW(1, width)
        columns = np.where(columns < 10, 60, 255).astype(np.uint8)
        mask = ImageChops.multiply(mask, Image.fromarray(columns).resize((width, height), Image.Resampling.NEAREST))
    return mask


def _photograph(dice: Dice, image: Image.Image) -> Image.Image:
    """Lens, sensor and screen between the paper and the file."""
    height = image.height
    if dice.chance(0.12):
        image = camera.shadow(image, dice)
    if dice.chance(0.4):
        image = camera.exposure(image, dice, 0.65, 1.15, dice.integer(0, 25))
    worst = dice.weighted([("nothing", 4), ("blur", 3), ("few pixels", 3), ("motion", 0.8)])
    if worst == "blur":
        image = image.filter(ImageFilter.GaussianBlur(round(dice.uniform(0.3, 0.03 * height), 3)))
    elif worst == "few pixels":
        image = camera.low_resolution(image, dice, dice.integer(13, max(14, height * 3 // 4)))
    elif worst == "motion":
        image = camera.motion_blur(image, dice, dice.integer(1, 3))
    if dice.chance(0.45):
        image = camera.sensor_noise(image, dice, dice.integer(4, 38))
    return camera.grey(image) if dice.chance(0.15) else image


def line_image(text: str, dice: Dice) -> Image.Image:
    """An RGB crop, 32 to 64 px high, that shows the text (2 to 30 characters of LINE_CHARACTERS and spaces)."""
    face = pick_face(text, dice)
    height_px = dice.integer(32, 64)
    em_px = min(_SIZES_PX, key=lambda size: abs(size - height_px))
    spacing = dice.weighted([(0.0, 6), (dice.uniform(0, 0.12), 3), (dice.uniform(0.12, 0.35), 1)])
    source, box = ink(load(face.path, em_px), text, int(spacing * em_px))
    size, line_size, centre = _layout(dice, box, height_px)
    coefficients = quad_coefficients(box, _quad(dice, line_size, centre))
    mask = source.transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    gap_px = int(min(centre[1] - line_size[1] / 2, height_px - centre[1] - line_size[1] / 2)) - 2
    if dice.chance(0.15):
        _neighbours(dice, mask, gap_px)
    if dice.chance(0.12):
        _rules(dice, mask, int(centre[1] + line_size[1] / 2) + 1)
    if dice.chance(0.12):
        mask = _thermal(dice, mask)
    paper_colour, ink_colour = colours(dice)
    contrast = abs(camera.luminance(paper_colour) - camera.luminance(ink_colour))
    background = paper(dice, size, paper_colour, contrast)
    return _photograph(dice, Image.composite(Image.new("RGB", size, ink_colour), background, mask))
