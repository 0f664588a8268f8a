"""Bar charts, by their pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from ocrflow.report.chart import COLOURS, HEIGHT, WIDTH, Bars, write_charts

TRAIN, VAL = (ImageColor.getrgb(COLOURS[split]) for split in ("train", "val"))
BELOW_LEGEND = 40


def drawn(path: Path, *rows: list[Bars]) -> np.ndarray:
    """The pixels of the charts, H x W x 3 RGB."""
    write_charts(path / "chart.png", rows)
    with Image.open(path / "chart.png") as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def bars_of(pixels: np.ndarray, colour: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """First and last column and height of each bar of a colour, from left to right."""
    body = (pixels[BELOW_LEGEND:] == colour).all(axis=2)
    filled = np.concatenate([[False], body.sum(axis=0) > 0, [False]]).astype(int)
    starts, ends = np.flatnonzero(np.diff(filled) == 1), np.flatnonzero(np.diff(filled) == -1) - 1
    return [
        (int(start), int(end), int(body[:, start : end + 1].sum(axis=0).max()))
        for start, end in zip(starts, ends, strict=True)
    ]


def counts(**series: list[int]) -> Bars:
    names = [str(number) for number in range(max(map(len, series.values())))]
    return Bars("A title", "characters", "labels", names, series)


def test_heights_are_in_proportion(tmp_path: Path) -> None:
    bars = bars_of(drawn(tmp_path, [counts(train=[10, 0, 100, 50])]), TRAIN)
    assert len(bars) == 3, "a count of 0 has no bar"
    heights = [height for _, _, height in bars]
    assert heights[1] == pytest.approx(10 * heights[0], abs=10)
    assert heights[1] == pytest.approx(2 * heights[2], abs=3)
    assert heights[1] > 0.5 * HEIGHT


def test_one_value_is_a_bar_and_not_a_wall(tmp_path: Path) -> None:
    ((start, end, height),) = bars_of(drawn(tmp_path, [counts(train=[7])]), TRAIN)
    assert height > 0.5 * HEIGHT and 20 < end - start < 0.2 * WIDTH
    assert WIDTH * 0.3 < (start + end) / 2 < WIDTH * 0.7


def test_both_splits_stand_beside_each_other(tmp_path: Path) -> None:
    pixels = drawn(tmp_path, [counts(train=[9, 3, 5], val=[3, 9, 0])])
    train, val = bars_of(pixels, TRAIN), bars_of(pixels, VAL)
    assert (len(train), len(val)) == (3, 2)
    assert all(left[1] < right[0] for left, right in zip(train, val, strict=False))
    assert train[0][2] == val[1][2] == max(height for _, _, height in train + val)
    assert (pixels[:BELOW_LEGEND] == TRAIN).all(axis=2).any() and (pixels[:BELOW_LEGEND] == VAL).all(axis=2).any()


@pytest.mark.parametrize("series", [{"train": [], "val": []}, {"train": [0], "val": [0]}, {}])
def test_nothing_to_count(tmp_path: Path, series: dict[str, list[int]]) -> None:
    names = ["0"] if any(series.values()) else []
    pixels = drawn(tmp_path, [Bars("Nothing", "x", "y", names, series)])
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert bars_of(pixels, TRAIN) == bars_of(pixels, VAL) == []
    assert (pixels[:BELOW_LEGEND] < 128).any(), "the title is there"


def test_a_logarithmic_height_shows_one_beside_a_million(tmp_path: Path) -> None:
    flat = bars_of(drawn(tmp_path, [counts(train=[1_000_000, 1])]), TRAIN)
    log = Bars("", "", "", ["a", "b"], {"train": [1_000_000, 1]}, log=True)
    logarithmic = bars_of(drawn(tmp_path, [log]), TRAIN)
    assert flat[1][2] <= 2 < 5 < logarithmic[1][2] < logarithmic[0][2]


def test_the_series_of_a_stacked_chart_share_their_place(tmp_path: Path) -> None:
    series = {"train": [5, 3, 0, 0], "val": [0, 0, 2, 1]}
    pixels = drawn(tmp_path, [Bars("", "", "", list("abcd"), series, stacked=True)])
    train, val = bars_of(pixels, TRAIN), bars_of(pixels, VAL)
    widths = {end - start for start, end, _ in train + val}
    assert (len(train), len(val)) == (2, 2) and max(widths) - min(widths) <= 1
    assert train[1][1] < val[0][0]


def test_very_many_bars_are_all_drawn(tmp_path: Path) -> None:
    heights = [1 + number % 7 for number in range(400)]
    pixels = drawn(tmp_path, [counts(train=heights)])
    columns = (pixels[BELOW_LEGEND:] == TRAIN).all(axis=2).any(axis=0)
    assert columns.sum() > 0.5 * WIDTH


def test_rows_and_columns_of_charts(tmp_path: Path) -> None:
    half = counts(val=[1, 2])
    pixels = drawn(tmp_path, [counts(train=[3])], [half, half])
    assert pixels.shape == (2 * HEIGHT, WIDTH, 3)
    upper, lower = pixels[:HEIGHT], pixels[HEIGHT:]
    assert bars_of(upper, TRAIN) and not bars_of(upper, VAL)
    bars = bars_of(lower, VAL)
    assert len(bars) == 4 and bars[1][1] < WIDTH // 2 < bars[2][0]


def test_names_are_drawn_under_their_bars(tmp_path: Path) -> None:
    """Ink where a name stands; none where it is a space."""
    bars = Bars("", "", "", ["皖", " ", "a long name that stands upright"], {"train": [1, 1, 1]})
    pixels = drawn(tmp_path, [bars])
    strip = pixels[HEIGHT - 76 : HEIGHT - 25].min(axis=2) < 128
    inked = [bool(strip[:, start : end + 1].any()) for start, end, _ in bars_of(pixels, TRAIN)]
    assert inked == [True, False, True]


def test_odd_texts(tmp_path: Path) -> None:
    bars = Bars("$x^2$ \n 车 \U0010fffd" * 9, "é" * 900, "", ["\x00", "\t", "a\nb", "$"], {"a series": [1, 2, 3, 4]})
    assert drawn(tmp_path, [bars]).shape == (HEIGHT, WIDTH, 3)


def test_only_the_picture_is_left(tmp_path: Path) -> None:
    drawn(tmp_path, [counts(train=[1])])
    assert [item.name for item in tmp_path.iterdir()] == ["chart.png"]


def test_matplotlib_is_not_needed() -> None:
    import subprocess
    import sys

    program = (
        "import sys, tempfile\nfrom pathlib import Path\nfrom ocrflow.report.chart import Bars, write_charts\n"
        "bars = Bars('title', 'x', 'y', ['皖'], {'train': [1]})\n"
        "write_charts(Path(tempfile.mkdtemp(), 'x.png'), [[bars]])\nprint('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
