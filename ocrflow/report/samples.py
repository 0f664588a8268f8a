"""Sample pictures of a recognition dataset: the image with its label beneath."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from ocrflow.report.fonts import displayed, font_for

_MIN_HEIGHT = 64
_MAX_WIDTH, _MAX_HEIGHT = 1600, 1600
_FONT_SIZE = 24
_MARGIN = 8
_LONGEST = 250  # characters that are drawn


def captioned(image: Image.Image, text: str) -> Image.Image:
    """The RGB image, small ones enlarged and large ones shrunk, above a white strip with the label."""
    scale = min(max(1.0, _MIN_HEIGHT / image.height), _MAX_WIDTH / image.width, _MAX_HEIGHT / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    image = image.resize(size, Image.Resampling.BICUBIC)
    font_file = font_for(text)
    font = ImageFont.truetype(str(font_file), _FONT_SIZE)
    label = displayed(text[: _LONGEST + 1], font_file)
    label = label if len(label) <= _LONGEST else f"{label[:_LONGEST]}..."
    width = max(image.width, round(font.getlength(label))) + 2 * _MARGIN
    height = image.height + _FONT_SIZE + 4 * _MARGIN
    canvas = Image.new("RGB", (width, height), "white")
    canvas.paste(image, (_MARGIN, _MARGIN))
    ImageDraw.Draw(canvas).text((_MARGIN, image.height + 2 * _MARGIN), label, font=font, fill="black")
    return canvas
