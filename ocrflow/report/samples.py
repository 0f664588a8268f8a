"""Sample pictures of a recognition dataset: the image with its label beneath."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ocrflow.data.images import read_bgr
from ocrflow.data.labels import Row, RowList
from ocrflow.files import replacing
from ocrflow.report.fonts import displayed, font_for

SAMPLES = 10
_MIN_HEIGHT = 64
_MAX_WIDTH = 1600
_FONT_SIZE = 24
_MARGIN = 8


def write_samples(folder: Path, root: Path, rows: RowList) -> list[str]:
    """Write up to ten pictures, evenly spread over the list, as `train_0001_NAME.png` with the row's line.

    Returns:
        The names of the files in `folder`, in the order of the list.
    """
    count = len(rows.rows)
    chosen = [rows.rows[index * count // SAMPLES] for index in range(SAMPLES)] if count > SAMPLES else rows.rows
    names = []
    for row in chosen:
        name = f"{rows.split}_{row.line:04d}_{_stem(row.image)}.png"
        with replacing(folder / name) as temporary:
            _drawn(row, root).save(temporary, format="PNG")
        names.append(name)
    return names


def _stem(image: str) -> str:
    """The file's name without its suffix, short enough that prefix and temporary suffix fit into 255 bytes."""
    return Path(image).stem.encode()[:180].decode("utf-8", errors="ignore")


def _drawn(row: Row, root: Path) -> Image.Image:
    """The image, small ones enlarged and wide ones shrunk, above a white strip with the label."""
    image = Image.fromarray(read_bgr(root / row.image)[:, :, ::-1])
    scale = min(max(1.0, _MIN_HEIGHT / image.height), _MAX_WIDTH / image.width)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    image = image.resize(size, Image.Resampling.BICUBIC)
    font_file = font_for(row.text)
    font = ImageFont.truetype(str(font_file), _FONT_SIZE)
    label = displayed(row.text, font_file)
    width = max(image.width, round(font.getlength(label))) + 2 * _MARGIN
    height = image.height + _FONT_SIZE + 4 * _MARGIN
    canvas = Image.new("RGB", (width, height), "white")
    canvas.paste(image, (_MARGIN, _MARGIN))
    ImageDraw.Draw(canvas).text((_MARGIN, image.height + 2 * _MARGIN), label, font=font, fill="black")
    return canvas
