"""Backgrounds and ink colours of the `lines` style."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ocrflow.data.synth.camera import Colour, jitter, luminance, ramp
from ocrflow.data.synth.dice import Dice

MIN_CONTRAST = 70
_PAPERS: list[Colour] = [
    (250, 250, 248),
    (240, 236, 226),
    (228, 224, 214),
    (214, 214, 216),
    (246, 240, 214),
    (200, 196, 190),
]
_INKS: list[Colour] = [
    (12, 12, 14),
    (30, 30, 34),
    (60, 58, 60),
    (24, 30, 90),
    (120, 20, 24),
    (20, 70, 40),
    (70, 40, 20),
]


def _any_colour(dice: Dice) -> Colour:
    return dice.integer(0, 255), dice.integer(0, 255), dice.integer(0, 255)


def colours(dice: Dice) -> tuple[Colour, Colour]:
    """(paper, ink), at least MIN_CONTRAST apart in brightness; one time in five the ink is the lighter one."""
    if dice.chance(0.5):
        paper, ink = jitter(dice, dice.pick(_PAPERS), 10), jitter(dice, dice.pick(_INKS), 12)
        return (ink, paper) if dice.chance(0.2) else (paper, ink)
    while True:
        paper, ink = _any_colour(dice), _any_colour(dice)
        if abs(luminance(paper) - luminance(ink)) >= MIN_CONTRAST:
            return paper, ink


def _stripes(dice: Dice, size: tuple[int, int], depth: int) -> Image.Image:
    width, height = size
    period, slope = dice.integer(3, 14), dice.integer(-2, 2)
    phase = np.arange(width)[None, :] * dice.integer(0, 1) + np.arange(height)[:, None] * slope
    inside = (phase % period) * 2 < period
    return Image.fromarray((128 + np.where(inside, depth, -depth)).astype(np.uint8))


def relief(dice: Dice, size: tuple[int, int], contrast: int) -> Image.Image | None:
    """An 'L' map around 128 to add to paper: gradient, clouds, grain, stripes, or None for flat paper.

    Args:
        contrast: brightness between ink and paper; the relief stays well below it.
    """
    depth = max(4, min(60, contrast // 4))
    kind = dice.weighted([("flat", 3), ("ramp", 2), ("clouds", 3), ("grain", 2), ("stripes", 0.7)])
    if kind == "ramp":
        return ramp(size, 128 - depth, 128 + depth, dice.uniform(0, 360))
    if kind == "clouds":
        return dice.clouds(size, dice.integer(6, 40), 128 - depth, 128 + depth)
    if kind == "grain":
        return dice.clouds(size, dice.integer(1, 3), 128 - depth // 2, 128 + depth // 2)
    if kind == "stripes":
        return _stripes(dice, size, max(2, depth // 3))
    return None


def paper(dice: Dice, size: tuple[int, int], colour: Colour, contrast: int) -> Image.Image:
    """An RGB background of (width, height) around the colour."""
    flat = Image.new("RGB", size, colour)
    relief_map = relief(dice, size, contrast)
    if relief_map is None:
        return flat
    pixels = np.asarray(flat, dtype=np.int16) + (np.asarray(relief_map, dtype=np.int16) - 128)[:, :, None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
