"""Bar charts drawn with Pillow, in a tenth of the time that matplotlib takes to be imported.

The checker draws its histogram on every run and must not spend most of its time on it; all other plots use matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ocrflow.files import replacing
from ocrflow.report.fonts import displayed, font_for

WIDTH, HEIGHT = 1300, 400  # pixels of one row of charts
COLOURS = {"train": "#1f77b4", "val": "#ff7f0e"}
_OTHER_COLOURS = ("#4c4c4c", "#c44e52", "#55a868", "#8172b2")
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 20, 58, 78  # pixels around the bars
_INK, _GRID = "#222222", "#dddddd"
_FEWEST_PLACES = 8  # one value alone is a bar, not a wall
_MOST_COUNTED = 40  # bars that carry their count


@dataclass(frozen=True)
class Bars:
    """One bar chart.

    Attributes:
        title, xlabel, ylabel: what is read around it.
        names: what stands under each group of bars.
        series: counts by the name of the series, each as long as `names`.
        log: the height is the logarithm of the count.
        stacked: the series share one bar a name; only one of them is not 0.
    """

    title: str
    xlabel: str
    ylabel: str
    names: Sequence[str]
    series: dict[str, list[int]]
    log: bool = False
    stacked: bool = False


def write_charts(path: Path, charts: Sequence[Sequence[Bars]]) -> None:
    """Write a PNG with rows and columns of bar charts; a row's charts share its width."""
    image = Image.new("RGB", (WIDTH, HEIGHT * len(charts)), "white")
    for number, row in enumerate(charts):
        width = WIDTH // len(row)
        for column, bars in enumerate(row):
            image.paste(_drawn(bars, width), (column * width, number * HEIGHT))
    with replacing(path) as temporary:
        image.save(temporary, format="PNG")


def _drawn(bars: Bars, width: int) -> Image.Image:
    chart = Image.new("RGB", (width, HEIGHT), "white")
    draw = ImageDraw.Draw(chart)
    highest = max((max(counts, default=0) for counts in bars.series.values()), default=0)
    _draw_frame(draw, bars, width, highest)
    places = max(len(bars.names), _FEWEST_PLACES)
    step = (width - _LEFT - _RIGHT) / places
    start = _LEFT + (places - len(bars.names)) / 2 * step
    for place in range(len(bars.names)):
        _draw_group(draw, bars, place, start + place * step, step, highest)
    _draw_names(chart, bars.names, start, step)
    return chart


def _draw_frame(draw: ImageDraw.ImageDraw, bars: Bars, width: int, highest: int) -> None:
    """Title, axis titles, grid and legend."""
    draw.text((_LEFT, 8), bars.title, font=_font(bars.title, 17), fill=_INK)
    draw.text((width / 2, HEIGHT - 8), bars.xlabel, font=_font(bars.xlabel, 13), fill=_INK, anchor="mb")
    draw.text((6, _TOP - 20), bars.ylabel, font=_font(bars.ylabel, 13), fill=_INK)
    for value in _ticks(highest, bars.log):
        y = _y(value, highest, bars.log)
        draw.line((_LEFT, y, width - _RIGHT, y), fill=_GRID)
        draw.text((_LEFT - 6, y), f"{value:,}", font=_font("", 12), fill=_INK, anchor="rm")
    x = width - _RIGHT
    for number, name in reversed(list(enumerate(bars.series))):
        font = _font(name, 14)
        x -= round(font.getlength(name))
        draw.text((x, 12), name, font=font, fill=_INK)
        draw.rectangle((x - 20, 14, x - 8, 26), fill=_colour(name, number))
        x -= 40


def _draw_group(draw: ImageDraw.ImageDraw, bars: Bars, place: int, x: float, step: float, highest: int) -> None:
    beside = 1 if bars.stacked else max(1, len(bars.series))
    bar_width = 0.84 * step / beside
    for number, (name, counts) in enumerate(bars.series.items()):
        count = counts[place]
        left = x + 0.08 * step + number % beside * bar_width
        top = _y(count, highest, bars.log)
        if count:
            box = (left, min(top, HEIGHT - _BOTTOM - 1), left + max(bar_width - 1, 1), HEIGHT - _BOTTOM)
            draw.rectangle(box, fill=_colour(name, number))
        if count and len(bars.names) * beside <= _MOST_COUNTED:
            draw.text((left + bar_width / 2, top - 2), f"{count:,}", font=_font("", 11), fill=_INK, anchor="mb")


def _draw_names(chart: Image.Image, names: Sequence[str], start: float, step: float) -> None:
    """What stands under the bars: upright when it does not fit; every n-th when not even that does."""
    every = max(1, -(-14 // max(1, int(step))))
    draw = ImageDraw.Draw(chart)
    for place, name in list(enumerate(names))[::every]:
        file = font_for(name)
        text = displayed(name, file)
        font = ImageFont.truetype(str(file), 15 if len(text) == 1 else 12)
        x, y = start + (place + 0.5) * step, HEIGHT - _BOTTOM + 6
        if font.getlength(text) <= step * every - 2:
            draw.text((x, y), text, font=font, fill=_INK, anchor="ma")
        else:
            upright = Image.new("RGB", (round(font.getlength(text)) + 2, 16), "white")
            ImageDraw.Draw(upright).text((0, 1), text, font=font, fill=_INK)
            chart.paste(upright.rotate(90, expand=True), (round(x) - 8, y))


def _y(value: int, highest: int, log: bool) -> float:
    """The height of a count in pixels from the top; the highest leaves room for its number."""
    share = _log(value) / _log(max(highest, 1)) if log else value / max(highest, 1)
    return HEIGHT - _BOTTOM - share * (HEIGHT - _BOTTOM - _TOP - 14)


def _log(value: int) -> float:
    from math import log10

    return log10(value) + 0.2 if value else 0.0


def _ticks(highest: int, log: bool) -> list[int]:
    """Round numbers up to the highest count."""
    if log:
        return [10**power for power in range(len(str(highest))) if 10**power <= highest]
    for step in (digit * 10**power for power in range(12) for digit in (1, 2, 5)):
        if highest <= 5 * step:
            return list(range(0, highest + 1, step))
    return [0, highest]


def _colour(name: str, number: int) -> str:
    return COLOURS.get(name) or _OTHER_COLOURS[number % len(_OTHER_COLOURS)]


def _font(text: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_for(text)), size)
