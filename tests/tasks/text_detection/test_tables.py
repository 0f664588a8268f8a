"""The tables of a detector's evaluation, on boxes made by hand."""

from __future__ import annotations

import json

import pytest

from ocrflow.tasks.text_detection.tables import tables_of, tilt


def text(left, top, width, height, box=None, counts=True):
    points = [[left, top], [left + width, top], [left + width, top + height], [left, top + height]]
    return {"points": points, "text": "x", "box": box, "counts": counts}


def found(left, top, width, height, score, truth=None, counts=True):
    return {**text(left, top, width, height), "score": score, "truth": truth, "counts": counts}


PREDICTIONS = [
    {
        "truth": [text(0, 0, 100, 10, box=0), text(0, 50, 100, 40, box=1), text(0, 200, 9, 9, counts=False)],
        "boxes": [found(0, 0, 100, 12, 0.9, 0), found(0, 50, 100, 40, 0.6, 1), found(300, 0, 50, 20, 0.55)],
    },
    {"truth": [text(0, 0, 10, 60)], "boxes": [found(0, 200, 9, 9, 0.99, counts=False)]},
]


def test_recall_by_height_and_tilt():
    tables = tables_of(PREDICTIONS)
    heights = {(row.first, row.end): (row.found, row.labelled) for row in tables.heights if row.labelled}
    assert heights == {(8, 12): (1, 2), (32, 48): (1, 1)}
    tilts = {(row.first, row.end): (row.found, row.labelled) for row in tables.tilts if row.labelled}
    assert tilts == {(0, 5): (2, 2), (60, 90): (0, 1)}
    assert [row.recall for row in tables.heights if not row.labelled] == [None] * 7
    assert tables.heights[-1].end is None


def test_other_score_limits():
    rows = {row.score: row for row in tables_of(PREDICTIONS).thresholds}
    assert (rows[0.55].found, rows[0.55].precision, rows[0.55].recall) == (
        3,
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
    )
    assert (rows[0.6].found, rows[0.6].precision, rows[0.6].hmean) == (2, 1.0, pytest.approx(0.8))
    assert (rows[0.9].found, rows[0.9].recall) == (1, pytest.approx(1 / 3))
    assert (rows[0.95].found, rows[0.95].hmean) == (0, 0.0)
    assert min(rows) == 0.55


def test_fit_of_right_boxes():
    tables = tables_of(PREDICTIONS)
    assert tables.overlaps == pytest.approx({"mean": (10 / 12 + 1) / 2, "tenth": 0.85, "median": 11 / 12})
    assert tables.area == pytest.approx(1.1)


def test_nothing():
    tables = tables_of([])
    assert (tables.thresholds, tables.overlaps, tables.area) == ([], {}, None)
    assert json.loads(json.dumps(tables.plain, allow_nan=False))["heights"][0]["recall"] is None
    json.dumps(tables_of(PREDICTIONS).plain, allow_nan=False)


@pytest.mark.parametrize(
    ("points", "angle"),
    [
        ([[0, 0], [100, 0], [100, 20], [0, 20]], 0),
        ([[0, 0], [0, 100], [-20, 100], [-20, 0]], 90),
        ([[0, 0], [100, 100], [90, 110], [-10, 10]], 45),
        ([[100, 0], [0, 100], [-10, 90], [90, -10]], 45),
    ],
)
def test_tilt(points, angle):
    assert tilt(points) == pytest.approx(angle)
