"""Scoring found boxes. What is right is known because the boxes are made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.data.labels import Row
from ocrflow.inference.detector import FoundBox
from ocrflow.report.detection_gallery import FALSE, LEFT_OUT, MISSED, RIGHT
from ocrflow.tasks.text_detection.scoring import DetectionScorer, counts_of, marks_of, worst_of


def square(left: int, top: int, side: int = 20) -> tuple[tuple[int, int], ...]:
    return ((left, top), (left + side, top), (left + side, top + side), (left, top + side))


def row_of(name: str, **texts: tuple) -> Row:
    """A row with texts by name; those whose name begins with `ignored` are marked so."""
    items = [
        {"transcription": "###" if name.startswith("ignored") else name, "points": points}
        for name, points in texts.items()
    ]
    return Row(name, json.dumps(items), 1)


ROWS = [
    row_of("good.png", a=square(0, 0), b=square(50, 0)),
    row_of("bad.png", a=square(0, 0), b=square(50, 0), ignored=square(100, 0)),
    row_of("empty.png"),
]
FOUND = [
    [FoundBox(square(51, 0), 0.9), FoundBox(square(1, 0), 0.8)],
    [FoundBox(square(0, 1), 0.7), FoundBox(square(100, 0), 0.6), FoundBox(square(0, 60), 0.5)],
    [],
]


@pytest.fixture
def scorer(tmp_path):
    for row in ROWS:
        cv2.imwrite(str(tmp_path / row.image), np.zeros((100, 140, 3), np.uint8))
    lists = SimpleNamespace(root=tmp_path, val=ROWS, val_file=Path("val.txt"))
    return DetectionScorer(SimpleNamespace(name="PP-OCRv6_tiny_det"), lists)


@pytest.fixture
def predictions(scorer):
    return [scorer.prediction(row, found) for row, found in zip(ROWS, FOUND, strict=True)]


def test_boxes_and_labels_point_at_each_other(predictions):
    good, bad, empty = predictions
    assert [box["truth"] for box in good["boxes"]] == [1, 0]
    assert [truth["box"] for truth in good["truth"]] == [1, 0]
    assert (good["missed"], good["false"], good["correct"]) == (0, 0, True)
    assert [(box["truth"], box["counts"]) for box in bad["boxes"]] == [(0, True), (None, False), (None, True)]
    assert [(truth["box"], truth["counts"]) for truth in bad["truth"]] == [(0, True), (None, True), (None, False)]
    assert (bad["missed"], bad["false"], bad["correct"]) == (1, 1, False)
    assert empty == {"image": "empty.png", "boxes": [], "truth": [], "missed": 0, "false": 0, "correct": True}
    assert good["boxes"][0]["points"] == [[51, 0], [71, 0], [71, 20], [51, 20]]
    assert json.loads(json.dumps(predictions)) == json.loads(json.dumps(predictions))


def test_metrics(scorer, predictions):
    scores = scorer.score(predictions)
    assert scores.metrics == pytest.approx({"hmean": 0.75, "precision": 3 / 4, "recall": 3 / 4})
    assert scores.details == {"boxes": {"labelled": 4, "found": 4, "matched": 3}}
    assert scores.wrong == 1
    assert scores.worst == [predictions[1]]


def test_nothing_labelled_and_nothing_found(scorer, predictions):
    assert scorer.score([predictions[2]]).metrics == {"hmean": 0.0, "precision": 0.0, "recall": 0.0}
    assert counts_of([]).labelled == 0


def test_the_worst_come_first():
    def row(missed, false, scores=()):
        boxes = [{"score": score} for score in scores]
        return {"missed": missed, "false": false, "correct": not missed + false, "boxes": boxes}

    rows = [row(0, 1), row(2, 2), row(0, 0, [0.9]), row(3, 0)]
    assert worst_of(rows) == [rows[1], rows[3], rows[0]]
    assert len(worst_of([row(1, 0)] * 30)) == 20
    right = [row(0, 0, [0.9, 0.8]), row(0, 0), row(0, 0, [0.95, 0.5])]
    assert worst_of(right) == [right[2], right[0], right[1]]


def test_marks(predictions):
    kinds = [mark.kind for mark in marks_of(predictions[1])]
    assert kinds == [RIGHT, LEFT_OUT, FALSE, MISSED, LEFT_OUT]


def test_the_picture(scorer, predictions, tmp_path):
    scorer.draw_worst(tmp_path / "worst.png", scorer.score(predictions))
    assert Image.open(tmp_path / "worst.png").height > 300


def test_crossed_labels_are_told(scorer, capsys):
    scorer.warn()
    assert capsys.readouterr().out == ""
    scorer.lists.val = [row_of("x.png", a=((0, 0), (20, 20), (20, 0), (0, 20)))]
    scorer.warn()
    assert "1 labelled polygons cross themselves" in capsys.readouterr().out
