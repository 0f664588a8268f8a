"""The columns of the table at a glance: their range, their most frequent values, and how they are spread, as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from ocrflow.expectations.sentence import shown

if TYPE_CHECKING:
    import pandas

BARS = 30
WIDTH, HEIGHT = 240, 36  # of a chart in CSS pixels
COLOURS = {"train": "#4c78a8", "val": "#f58518"}
_FREQUENT = 3
_UNCHARTED = ("line", "in_val")  # a chart of them says nothing


@dataclass(frozen=True)
class ColumnOverview:
    """One column: its name and meaning, numbers of nulls and of distinct values, a text, and a chart for numbers."""

    name: str
    meaning: str
    nulls: int
    distinct: int
    text: str
    chart: Markup


def overview(frame: pandas.DataFrame, columns: Mapping[str, str]) -> list[ColumnOverview]:
    """All columns of the table in the order of `columns`, which maps their names to what they mean."""
    return [_of(frame, name, meaning) for name, meaning in columns.items()]


def _of(frame: pandas.DataFrame, name: str, meaning: str) -> ColumnOverview:
    values = frame[name]
    distinct = int(values.nunique())
    numeric = values.dtype.kind in "iuf"
    text = _range(values) if numeric else _frequent(values)
    chart = _chart(frame, name) if numeric and distinct > 1 and name not in _UNCHARTED else Markup()
    return ColumnOverview(name, meaning, int(values.isna().sum()), distinct, text, chart)


def _range(values: pandas.Series) -> str:
    low, middle, high = (shown(float(value)) for value in (values.min(), values.median(), values.max()))
    return f"always {low}" if low == high else f"{low} to {high}, median {middle}"


def _frequent(values: pandas.Series) -> str:
    """The most frequent values, where any is frequent."""
    counts = values.value_counts().head(_FREQUENT)
    if counts.empty or counts.iloc[0] == 1:
        return "no value" if counts.empty else "each once"
    return ", ".join(f"{shown(value, 24)} ({count})" for value, count in counts.items())


def _chart(frame: pandas.DataFrame, name: str) -> Markup:
    """Shares of the values of each split, side by side from the lowest to the highest."""
    values = frame[name].dropna()
    low, high = values.min(), values.max()
    whole = values.dtype.kind in "iu" and high - low < BARS
    edges = np.arange(low, high + 2) - 0.5 if whole else np.linspace(low, high, BARS + 1)
    splits = [split for split in COLOURS if (frame["split"] == split).any()]
    shares = {split: _shares(values[frame["split"] == split], edges) for split in splits}
    top = max((share.max() for share in shares.values()), default=0) or 1
    slot = WIDTH / (len(edges) - 1)
    bar = slot * 0.9 / len(splits)
    parts = []
    for number, (split, share_N) in enumerate(shares.items()):
        boxes = (
            f"M{at * slot + number * bar:.1f} {HEIGHT}v{-HEIGHT * share / top:.1f}h{bar:.1f}V{HEIGHT}z"
            for at, share in enumerate(share_N)
            if share
        )
        parts.append(f'<path fill="{COLOURS[split]}" d="{"".join(boxes)}"/>')
    return Markup(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}</svg>')


def _shares(values: Any, edges: np.ndarray) -> np.ndarray:
    counts = np.histogram(values, edges)[0]
    return counts / max(counts.sum(), 1)
