"""What the table of rows holds for text detection beside the columns of any task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.boxes import parse_boxes
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row
from ocrflow.data.polygons import min_side
from ocrflow.data.row_table import ColumnsOfRow

COLUMNS: dict[str, str] = {
    "boxes": "boxes that count: those not marked ### or *",
    "ignored_boxes": "boxes marked ### or *, which neither training nor the score looks at",
    "ignored_share": "ignored_boxes / all boxes of the row; null without any box",
    "length": "characters of all boxes that count",
    "min_side_px": "shortest side of all boxes that count, in pixels; null without such a box",
}


def columns_of_row(config: RunConfig, root: Path) -> ColumnsOfRow:
    """The function that gives these columns for a row; detection needs neither configuration nor root."""
    return _columns


def _columns(row: Row, image: ImageFacts) -> dict[str, Any]:
    boxes, _ = parse_boxes(row.text)
    counted = [box for box in boxes if not box.ignored]
    ignored = len(boxes) - len(counted)
    return {
        "boxes": len(counted),
        "ignored_boxes": ignored,
        "ignored_share": round(ignored / len(boxes), 4) if boxes else None,
        "length": sum(len(box.text) for box in counted),
        "min_side_px": round(min(min_side(box.points) for box in counted), 2) if counted else None,
    }
