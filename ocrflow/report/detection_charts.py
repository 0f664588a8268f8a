"""The picture of a detector's evaluation: which texts are found, and what another score limit would change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ocrflow.report.chart import Bars, write_charts
from ocrflow.tasks.text_detection.tables import RecallRow, Tables


def write_detection_charts(path: Path, tables: Tables) -> None:
    """Write the PNG `path`: recall by height and by tilt on top, precision and recall by score below; in per cent.

    Raises:
        OutsideError: the file cannot be written.
    """
    heights = _recall_bars("Found by height of the text", "short side in pixels", tables.heights)
    tilts = _recall_bars("Found by tilt of the text", "degrees from the horizontal", tables.tilts)
    write_charts(path, [[heights, tilts], [_threshold_bars(tables)]])


def _recall_bars(title: str, xlabel: str, rows: Sequence[RecallRow]) -> Bars:
    total = sum(row.labelled for row in rows) or 1
    shown = [row for row in rows if row.labelled]
    names = [f"{row.first:g}+" if row.end is None else f"{row.first:g}-{row.end:g}" for row in shown]
    series = {
        "found": [_percent(row.recall) for row in shown],
        "share of all texts": [_percent(row.labelled / total) for row in shown],
    }
    return Bars(title, xlabel, "%", names, series)


def _threshold_bars(tables: Tables) -> Bars:
    best = max(tables.thresholds, key=lambda row: row.hmean, default=None)
    title = f"Best hmean {best.hmean:.4f} with a score of at least {best.score:g}" if best else "No box was found"
    if tables.overlaps:
        title += f"; right boxes overlap their labels by {tables.overlaps['median']:.2f} (median)"
    series = {
        "precision": [_percent(row.precision) for row in tables.thresholds],
        "recall": [_percent(row.recall) for row in tables.thresholds],
        "hmean": [_percent(row.hmean) for row in tables.thresholds],
    }
    return Bars(title, "boxes with a score of at least", "%", [f"{row.score:g}" for row in tables.thresholds], series)


def _percent(share: float | None) -> int:
    return round(100 * (share or 0.0))
