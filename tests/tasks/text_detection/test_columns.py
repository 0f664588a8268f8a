"""The columns that only detection has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row
from ocrflow.tasks.text_detection.columns import COLUMNS, columns_of_row

IMAGE = ImageFacts("m", 640, 480)


def box(text: str, width: int, height: int) -> dict[str, Any]:
    return {"transcription": text, "points": [[5, 5], [5 + width, 5], [5 + width, 5 + height], [5, 5 + height]]}


def columns(label: str) -> dict[str, Any]:
    return columns_of_row(RunConfig(), Path())(Row("i.jpg", label, 1), IMAGE)


def test_the_columns_of_a_row() -> None:
    found = columns(json.dumps([box("Tür", 100, 20), box("###", 4, 2), box("*", 3, 3), box("12", 30, 8)]))
    assert list(found) == list(COLUMNS)
    assert found == {"boxes": 2, "ignored_boxes": 2, "ignored_share": 0.5, "length": 5, "min_side_px": 8.0}


def test_without_boxes_shares_and_sides_are_null() -> None:
    empty = {"boxes": 0, "ignored_boxes": 0, "ignored_share": None, "length": 0, "min_side_px": None}
    assert columns("[]") == empty
    assert columns("not JSON") == empty
    ignored = columns(json.dumps([box("###", 40, 20)]))
    assert (ignored["ignored_share"], ignored["min_side_px"], ignored["boxes"]) == (1.0, None, 0)
