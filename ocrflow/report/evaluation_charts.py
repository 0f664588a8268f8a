"""The picture of an evaluation: how many labels of each length are read right, and whether scores can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ocrflow.report.chart import Bars, write_charts
from ocrflow.tasks.text_recognition.calibration import Calibration, ReliabilityBin
from ocrflow.tasks.text_recognition.metric import Metrics
from ocrflow.tasks.text_recognition.tables import Tables


def write_evaluation_charts(path: Path, metrics: Metrics, tables: Tables) -> None:
    """Write the PNG `path`: accuracy by length of the label on top, reliability of the scores below; all in per cent.

    Raises:
        OutsideError: the file cannot be written.
    """
    calibration = tables.calibration
    by_width = f"Calibration error {calibration.expected_calibration_error:.3f}"
    names = [f"{item.above:.1f}-{item.up_to:.1f}" for item in calibration.bins]
    left = _reliability_bars(by_width, "score", names, calibration.bins)
    names = [f"{item.up_to:.4f}" for item in calibration.tenths]
    right = _reliability_bars("Equally many rows in each bar", _threshold(calibration), names, calibration.tenths)
    write_charts(path, [[_length_bars(metrics, tables)], [left, right]])


def _length_bars(metrics: Metrics, tables: Tables) -> Bars:
    low, high = metrics.interval
    counts = f"{metrics.right:,} of {metrics.rows:,} rows"
    title = f"Right by length of the label: {counts}, acc {metrics.acc:.4f} (95 %: {low:.3f} to {high:.3f})"
    names = [str(row.first) if row.first == row.last else f"{row.first}-{row.last}" for row in tables.lengths]
    series = {
        "right": [_percent(row.acc) for row in tables.lengths],
        "share of all rows": [_percent(row.rows / metrics.rows) for row in tables.lengths],
    }
    return Bars(title, "characters of the label", "%", names, series)


def _reliability_bars(title: str, xlabel: str, names: list[str], bins: Sequence[ReliabilityBin]) -> Bars:
    series = {
        "right": [_percent(item.acc) for item in bins],
        "mean score": [_percent(item.mean_score) for item in bins],
    }
    return Bars(title, xlabel, "%", names, series)


def _threshold(calibration: Calibration) -> str:
    threshold = calibration.threshold
    if threshold.score is None:
        return f"score, at most; none gives {threshold.wanted:.0%} precision"
    kept = f"{threshold.rows:,} rows ({threshold.share:.0%})"
    return f"score, at most; from {threshold.score:.4f} on {threshold.wanted:.0%} precision, {kept}"


def _percent(share: float | None) -> int:
    return round(100 * (share or 0.0))
