"""What plates of different countries look like: shapes, colours, bands and small print. No country is copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ocrflow.data.synth.camera import Colour, jitter
from ocrflow.data.synth.dice import Dice

WHITE, CREAM, YELLOW, GREY = (236, 238, 238), (232, 226, 204), (236, 192, 40), (176, 178, 178)
BLACK, NAVY, BLUE, GREEN, RED = (22, 22, 24), (28, 36, 92), (26, 64, 168), (24, 104, 62), (150, 28, 34)
SKY, MINT, SAND, ROSE = (176, 208, 236), (190, 226, 190), (240, 214, 150), (238, 196, 190)


@dataclass(frozen=True)
class PlateStyle:
    """One plate, before it is photographed; lengths are shares of its height.

    Attributes:
        aspect: width by height.
        face: colour of the sheet, at the top and at the bottom.
        ink: colour of the characters and the border.
        text_height: of the capitals.
        text_middle: y of their middle.
        border: thickness of the printed or pressed border, 0 for none.
        bands: colour of the country band at the left and right, or None.
        header: small print above, footer below; empty for none.
        separator: as `plate_row` takes it.
        landscape: whether a faint picture is printed behind the characters.
        corner: radius of the corners.
    """

    aspect: float
    face: tuple[Colour, Colour]
    ink: Colour
    text_height: float
    text_middle: float
    border: float
    bands: tuple[Colour | None, Colour | None]
    header: str
    footer: str
    separator: str
    landscape: bool
    corner: float


_HEADERS = [
    "North Shore", "LAKE STATE", "Sunny Coast", "VALE DO SUL", "Green Hills", "PORTO NOVO", "East Province",
    "RIVERLAND", "Silver Bay", "Old Harbor", "MONTE ALTO", "Prairie", "SERRA AZUL", "Highland", "CAMPO LINDO",
    "West Ridge",
]  # fmt: skip
_FOOTERS = [
    "Land of Lakes", "THE OLD STATE", "Sunshine", "VISIT THE COAST", "1987", "Garden Country", "CITY MOTORS", "Explore",
    "DEALER CARS",
]  # fmt: skip


def _european(dice: Dice) -> PlateStyle:
    face = jitter(dice, dice.weighted([(WHITE, 6), (YELLOW, 3), (CREAM, 1)]), 10)
    ink = jitter(dice, dice.weighted([(BLACK, 8), (NAVY, 1), (RED, 0.5)]), 10)
    band: Colour = jitter(dice, (20, 58, 160), 16)
    bands = dice.weighted([((band, None), 6), ((band, band), 1.5), ((None, None), 2)])
    separator = dice.weighted([("gap", 5), ("dash", 3), ("sticker", 3), ("dot", 1), ("none", 1)])
    aspect, tall = dice.uniform(4.2, 4.75), dice.uniform(0.66, 0.76)
    border = dice.weighted([(0.03, 4), (0.0, 3), (0.045, 1)])
    return PlateStyle(aspect, (face, face), ink, tall, 0.5, border, bands, "", "", separator, False, 0.1)


def _south_american(dice: Dice) -> PlateStyle:
    face = jitter(dice, dice.weighted([(GREY, 4), (WHITE, 4), (CREAM, 2), (RED, 0.7)]), 14)
    ink = jitter(dice, WHITE if sum(face) < 300 else BLACK, 12)
    separator = dice.weighted([("dot", 4), ("dash", 4), ("gap", 2)])
    aspect, tall = dice.uniform(2.9, 3.25), dice.uniform(0.5, 0.6)
    header = dice.pick(_HEADERS) if dice.chance(0.85) else ""
    border = dice.weighted([(0.03, 3), (0.0, 2)])
    return PlateStyle(aspect, (face, face), ink, tall, 0.58, border, (None, None), header, "", separator, False, 0.09)


def _north_american(dice: Dice) -> PlateStyle:
    face = jitter(dice, dice.weighted([(WHITE, 7), (CREAM, 1), (YELLOW, 1), (NAVY, 1), (GREEN, 0.5)]), 12)
    dark = sum(face) < 300
    inks = [(WHITE, 3.0), (YELLOW, 1.0)] if dark else [(BLACK, 3.0), (NAVY, 4.0), (RED, 1.0), (GREEN, 1.0)]
    ink = jitter(dice, dice.weighted(inks), 10)
    top = jitter(dice, dice.pick([SKY, SAND, MINT, ROSE]), 12) if not dark and dice.chance(0.45) else face
    separator = dice.weighted([("gap", 4), ("none", 4), ("diamond", 2), ("sticker", 1), ("dash", 1)])
    header, footer = dice.pick(_HEADERS), dice.pick(_FOOTERS) if dice.chance(0.6) else ""
    aspect, tall = dice.uniform(2.0, 2.3), dice.uniform(0.4, 0.5)
    border = dice.weighted([(0.0, 4), (0.02, 2)])
    return PlateStyle(
        aspect, (top, face), ink, tall, 0.53, border, (None, None), header, footer, separator, dice.chance(0.3), 0.12
    )


def _east_asian(dice: Dice) -> PlateStyle:
    face = jitter(dice, dice.weighted([(BLUE, 6), (YELLOW, 1), (BLACK, 1), (GREEN, 1), (MINT, 1.5)]), 18)
    dark = sum(face) < 380
    ink = jitter(dice, WHITE if dark else BLACK, 10)
    top = jitter(dice, WHITE, 10) if not dark and dice.chance(0.5) else face
    separator = dice.weighted([("dot", 6), ("gap", 2), ("none", 2)])
    aspect, tall = dice.uniform(3.0, 3.5), dice.uniform(0.58, 0.68)
    border = dice.weighted([(0.025, 3), (0.0, 1)])
    return PlateStyle(aspect, (top, face), ink, tall, 0.5, border, (None, None), "", "", separator, False, 0.07)


def _old(dice: Dice) -> PlateStyle:
    face = jitter(dice, dice.weighted([(BLACK, 4), (NAVY, 1), (GREEN, 2), (RED, 1), (YELLOW, 2), (CREAM, 2)]), 14)
    ink = jitter(dice, (214, 214, 210) if sum(face) < 320 else BLACK, 16)
    separator = dice.weighted([("gap", 3), ("dash", 4), ("dot", 2), ("none", 1)])
    aspect, tall = dice.uniform(2.6, 4.4), dice.uniform(0.6, 0.74)
    border = dice.weighted([(0.03, 3), (0.0, 2)])
    return PlateStyle(aspect, (face, face), ink, tall, 0.5, border, (None, None), "", "", separator, False, 0.08)


_KINDS: list[tuple[Callable[[Dice], PlateStyle], float]] = [
    (_european, 4), (_south_american, 2.5), (_north_american, 2), (_east_asian, 2), (_old, 1.5),
]  # fmt: skip


def plate_style(dice: Dice) -> PlateStyle:
    """A plate style by lot."""
    return dice.weighted(_KINDS)(dice)
