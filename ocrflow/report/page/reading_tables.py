"""evaluate/tables.json of text recognition as charts: right by length, by character, and by score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocrflow.report.page.bars import BarTable, percent, percent_bars
from ocrflow.report.page.texts import sign

MOST_CHARACTERS = 24

Tables = Mapping[str, Any]


def length_table(tables: Tables) -> BarTable:
    """Share of right rows by length of the label."""
    rows = [
        (
            str(row["first"]) if row["first"] == row["last"] else f"{row['first']}-{row['last']}",
            percent_bars([row["acc"]]),
            f"{row['right']:,} of {row['rows']:,}",
        )
        for row in tables.get("lengths", [])
    ]
    return BarTable("By length of the label", "characters", ("right",), rows)


def calibration_table(tables: Tables) -> BarTable:
    """Score against share of right rows, in bins of one width that hold rows."""
    calibration = tables.get("calibration") or {}
    bins = [item for item in calibration.get("bins", []) if item["rows"]]
    names = [f"{item['above']:.1f}-{item['up_to']:.1f}" for item in bins]
    bars = [percent_bars([item["acc"], item["mean_score"]]) for item in bins]
    rows = list(zip(names, bars, [f"{item['rows']:,} rows" for item in bins], strict=True))
    return BarTable("By score", "score", ("right", "mean score"), rows, _trust(calibration))


def _trust(calibration: Mapping[str, Any]) -> str:
    """The calibration error and the threshold in two sentences."""
    if not calibration.get("rows"):
        return ""
    error = f"Expected calibration error {calibration['expected_calibration_error']:.3f} (0 is best)."
    threshold = calibration["threshold"]
    wanted = percent(threshold["wanted"])
    if threshold["score"] is None:
        return f"{error} No score is high enough for {wanted} right rows."
    kept = f"{threshold['rows']:,} rows ({percent(threshold['share'])})"
    return f"{error} From a score of {threshold['score']:.4f} on, {wanted} of the rows are right: {kept}."


def character_table(tables: Tables) -> BarTable:
    """The characters that are read wrong most often, and what they are taken for."""
    rows = [
        (sign(row["character"]), percent_bars([row["recall"]]), _confused(row))
        for row in tables.get("characters", [])
        if row["errors"]
    ]
    more = f"{len(rows) - MOST_CHARACTERS:,} more in evaluate/tables.json." if len(rows) > MOST_CHARACTERS else ""
    return BarTable(
        "By character, most errors first", "character; errors, mostly", ("read right",), rows[:MOST_CHARACTERS], more
    )


def _confused(row: Mapping[str, Any]) -> str:
    counts = f"{row['errors']:,} of {row['occurrences']:,}"
    if row["unknown"]:
        return f"{counts}\nnot in dict.txt"
    taken = f"as {sign(row['read_as'])}" if row["read_as"] else "left out"
    return f"{counts}\n{row['read_as_count']:,}× {taken}"
