"""How well boxes are found, as charts: by their height and tilt, and by the score that is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocrflow.report.page.bars import BarTable, percent, percent_bars
from ocrflow.report.page.box_sizes import BoxSizes, SizeRow
from ocrflow.report.page.curves import Curves, curves


def size_table(sizes: BoxSizes) -> BarTable:
    """Recall, precision and hmean by height."""
    rows = [(row.name, percent_bars([row.recall, row.precision, row.hmean]), _numbers(row)) for row in sizes]
    return BarTable("By height of the text", "short side, px", ("recall", "precision", "hmean"), rows)


def _numbers(row: SizeRow) -> str:
    return f"{row.labelled:,} labelled,\n{row.found:,} found"


def tilt_table(tables: Mapping[str, Any]) -> BarTable | None:
    """Recall by tilt, from evaluate/tables.json."""
    rows = [row for row in tables.get("tilts", []) if row["labelled"]]
    names = [f"{row['first']:g}+" if row["end"] is None else f"{row['first']:g}-{row['end']:g}" for row in rows]
    bars = [
        (name, percent_bars([row["recall"]]), f"{row['found']:,} of {row['labelled']:,}")
        for name, row in zip(names, rows, strict=True)
    ]
    return BarTable("By tilt of the text", "degrees", ("found",), bars) if bars else None


def threshold_curves(tables: Mapping[str, Any]) -> Curves | None:
    """Precision, recall and hmean when boxes of a lower score are dropped, from evaluate/tables.json."""
    rows = tables.get("thresholds", [])
    lines = {key: [(row["score"], row[key]) for row in rows] for key in ("precision", "recall", "hmean")}
    return curves("If boxes needed a score of at least ...", "lowest score of a box", lines)


def fit(tables: Mapping[str, Any]) -> str:
    """How well right boxes fit their labels, in a sentence; empty when no box is right."""
    overlaps, area = tables.get("overlaps") or {}, tables.get("area")
    if "median" not in overlaps:
        return ""
    size = f"; their area is {percent(area)} of the label's" if isinstance(area, int | float) else ""
    return f"Right boxes overlap their labels by {overlaps['median']:.2f} (median, intersection over union){size}."
