"""Columns at a glance."""

from __future__ import annotations

import re

import numpy as np
import pandas

from ocrflow.expectations.overview import BARS, ColumnOverview, overview

FRAME = pandas.DataFrame(
    {
        "split": ["train"] * 3 + ["val"],
        "line": [1, 2, 3, 1],
        "label": ["a", "a", "<b>", "c"],
        "path": ["1", "2", "3", "4"],
        "length": [1, 1, 3, 2],
        "share": [0.5, None, 0.25, 0.5],
        "same": [7, 7, 7, 7],
        "none": [None] * 4,
    }
)
COLUMNS = {name: f"meaning of {name}" for name in FRAME.columns}


def of(name: str) -> ColumnOverview:
    return next(item for item in overview(FRAME, COLUMNS) if item.name == name)


def test_texts() -> None:
    assert {item.name: item.text for item in overview(FRAME, COLUMNS)} == {
        "split": "train (3), val (1)",
        "line": "1 to 3, median 1.5",
        "label": "a (2), <b> (1), c (1)",
        "path": "each once",
        "length": "1 to 3, median 1.5",
        "share": "0.25 to 0.5, median 0.5",
        "same": "always 7",
        "none": "no value",
    }
    assert (of("share").nulls, of("share").distinct, of("share").meaning) == (1, 2, "meaning of share")


def bars(chart: str) -> list[list[tuple[float, float]]]:
    """Left edge and height of the bars of each split."""
    paths = re.findall(r' d="([^"]*)"', chart)
    return [[(float(x), float(height)) for x, height in re.findall(r"M([\d.]+) 36v-([\d.]+)", path)] for path in paths]


def test_charts_show_shares_by_split() -> None:
    train, val = bars(of("length").chart)
    assert [height for _, height in train] == [24.0, 12.0] and [height for _, height in val] == [36.0]
    assert [left for left, _ in train] == [0.0, 160.0] and val[0][0] > 80
    assert {item.name for item in overview(FRAME, COLUMNS) if item.chart} == {"in_val", "length", "share"} & set(
        COLUMNS
    )


def test_many_values_share_bars() -> None:
    values = np.arange(1000.0)
    frame = pandas.DataFrame({"split": "train", "width": values})
    [train] = bars(overview(frame, {"width": ""})[0].chart)
    assert len(train) == BARS and len({height for _, height in train}) <= 2
