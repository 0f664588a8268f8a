"""The picture of an evaluation: what its bars say, and that it is drawn for anything."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from PIL import Image

from ocrflow.report import evaluation_charts
from ocrflow.report.chart import HEIGHT, WIDTH, Bars
from ocrflow.report.evaluation_charts import write_evaluation_charts
from ocrflow.tasks.text_recognition.metric import score
from ocrflow.tasks.text_recognition.tables import tables_of

ROWS = [("ab", "ab", 0.95), ("cd", "cx", 0.95), ("efg", "efg", 1.0), ("hij", "hij", 0.999), ("kl", "xy", 0.31)]


def write(path, rows):
    write_evaluation_charts(path, score((label, text) for label, text, _ in rows), tables_of(rows))


@pytest.fixture
def charts(monkeypatch, tmp_path):
    drawn: list[list[Bars]] = []
    monkeypatch.setattr(evaluation_charts, "write_charts", lambda path, rows: drawn.extend(rows))
    write(tmp_path / "charts.png", ROWS)
    return drawn


def test_accuracy_by_length(charts):
    ((bars,), _) = charts
    assert list(bars.names) == ["2", "3"]
    assert bars.series == {"right": [33, 100], "share of all rows": [60, 40]}
    assert bars.title == "Right by length of the label: 3 of 5 rows, acc 0.6000 (95 %: 0.231 to 0.882)"


def test_calibration(charts):
    _, (left, right) = charts
    assert list(left.names)[-1] == "0.9-1.0"
    assert left.series == {"right": [0] * 9 + [75], "mean score": [0, 0, 0, 31, 0, 0, 0, 0, 0, 97]}
    assert left.title == "Calibration error 0.242"
    assert list(right.names) == ["0.3100", "0.9500", "0.9990", "1.0000"]
    assert right.series == {"right": [0, 50, 100, 100], "mean score": [31, 95, 100, 100]}
    assert right.xlabel == "score, at most; from 0.9990 on 99% precision, 2 rows (40%)"


def test_several_lengths_in_one_bar(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(evaluation_charts, "write_charts", lambda path, rows: drawn.extend(rows))
    write(tmp_path / "charts.png", [("x" * length, "x" * length, 0.9) for length in range(1, 25)])
    assert list(drawn[0][0].names)[:2] == ["1-2", "3-4"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        ROWS,
        [("a", "b", 0.0)],
        [("a", "b", nan)],
        [("x" * number, "\ud800", number / 2000) for number in range(2000)],
    ],
)
def test_a_picture_is_written(tmp_path, rows):
    write(tmp_path / "charts.png", rows)
    with Image.open(tmp_path / "charts.png") as image:
        assert image.size == (WIDTH, 2 * HEIGHT)
        assert (np.asarray(image.convert("L")) < 128).any()
    assert [item.name for item in tmp_path.iterdir()] == ["charts.png"]
