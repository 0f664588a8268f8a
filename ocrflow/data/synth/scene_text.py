"""A line of text put into a picture: painted on what is there, or on a panel of its own colour."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from ocrflow.data.synth.camera import Colour, luminance
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.fonts import load, pick_face
from ocrflow.data.synth.geometry import Point, quad_coefficients, rectangle, turn
from ocrflow.data.synth.line_image import ink
from ocrflow.data.synth.paper import MIN_CONTRAST, colours

Rectangle = tuple[float, float, float, float]
_EMS_PX = (24, 36, 52)
_ROOM = 0.12  # of the line's height, between its ink and its box


class TextLine:
    """A text in a face, ready to be put somewhere.

    Attributes:
        aspect: width / height of its box.
    """

    def __init__(self, dice: Dice, text: str, height_px: float):
        em_px = min(_EMS_PX, key=lambda size: abs(size - height_px))
        spacing = dice.weighted([(0.0, 6), (dice.uniform(0, 0.15), 2)])
        self.text = text
        self._mask, box = ink(load(pick_face(text, dice).path, em_px), text, int(spacing * em_px))
        room = _ROOM * (box[3] - box[1])
        self._box = (box[0] - room, box[1] - room, box[2] + room, box[3] + room)
        self.aspect = (self._box[2] - self._box[0]) / (self._box[3] - self._box[1]) * dice.uniform(0.8, 1.15)

    def paint(self, scene: Image.Image, quad: list[Point], colour: Colour) -> None:
        """Draw it in one colour with the corners of its box at `quad`, clockwise from the top left, px."""
        left, top, right, bottom = (int(value) for value in bounds(quad))
        size = max(1, right - left + 1), max(1, bottom - top + 1)
        local = [(x - left, y - top) for x, y in quad]
        shrunk = self._mask
        if size[1] * 2 < self._box[3] - self._box[1]:  # many rows to one: the map alone would skip most of them
            shrunk = shrunk.filter(ImageFilter.BoxBlur(1))
        alpha = shrunk.transform(
            size, Image.Transform.PERSPECTIVE, quad_coefficients(self._box, local), Image.Resampling.BICUBIC
        )
        scene.paste(colour, (left, top), alpha)


def bounds(points: list[Point]) -> Rectangle:
    """Left, top, right, bottom."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def text_quad(centre: Point, width: float, height: float, degrees: float, lean: float = 0.0) -> list[Point]:
    """Corners of a turned box; `lean` px move its upper side to the right and its lower side to the left."""
    x, y = centre
    quad = rectangle(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    moves = [lean, lean, -lean, -lean]
    return turn([(px + move, py) for (px, py), move in zip(quad, moves, strict=True)], degrees, centre)


def ink_for(scene: Image.Image, quad: list[Point], dice: Dice) -> Colour:
    """A colour that can be told from what is in the quad's bounds."""
    left, top, right, bottom = (int(value) for value in bounds(quad))
    window = scene.crop((left, top, max(left + 1, right), max(top + 1, bottom)))
    below = luminance(window.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))
    while True:
        colour = colours(dice)[dice.integer(0, 1)]
        if abs(luminance(colour) - below) >= MIN_CONTRAST:
            return colour


def panel(scene: Image.Image, dice: Dice, centre: Point, size: Point, degrees: float, lean: float) -> Colour:
    """Fill a box behind a text of this size; returns the colour to write with."""
    width, height = size
    around = height * dice.uniform(0.2, 0.8)
    quad = text_quad(centre, width + 2 * around, height + 1.4 * around, degrees, lean)
    back, front = colours(dice)
    draw = ImageDraw.Draw(scene)
    draw.polygon([(round(x), round(y)) for x, y in quad], fill=back, outline=front if dice.chance(0.3) else back)
    return front
