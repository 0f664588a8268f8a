"""What the judgement says to a machine (the records of the result file) and to a person who reads a terminal."""

from __future__ import annotations

from typing import Any

from ocrflow.data.row_table import RowTable
from ocrflow.expectations.judge import Outcome, plain
from ocrflow.expectations.sentence import shown


def record(outcome: Outcome, table: RowTable) -> dict[str, Any]:
    """One expectation in `expectations_result.json`."""
    entry = outcome.entry
    return {
        "name": entry.name,
        "expectation": entry.expectation,
        "column": entry.columns[0] if len(entry.columns) == 1 else entry.columns or None,
        "severity": entry.severity,
        "success": outcome.met,
        "meaning": outcome.meaning,
        "why": entry.why,
        "observed_value": outcome.observed,
        "rows": outcome.rows,
        "unexpected_count": outcome.unexpected,
        "unexpected_percent": outcome.percent,
        "examples": [example(index, outcome, table) for index in outcome.examples],
    }


def example(index: int, outcome: Outcome, table: RowTable) -> dict[str, Any]:
    """A row that does not meet the expectation: its place, and its values in the columns that were looked at."""
    row = table.frame.loc[index]
    values = {name: plain(row[name]) for name in outcome.entry.columns if name in row.index}
    return {"file": table.files[row["split"]].name, "line": int(row["line"]), "image": row["path"], "values": values}


def statistics(outcomes: list[Outcome], skipped: int) -> dict[str, int]:
    """How many were met, how many were not, by severity."""
    return {
        "evaluated": len(outcomes),
        "met": sum(outcome.met for outcome in outcomes),
        "errors": len(unmet(outcomes, "error")),
        "warnings": len(unmet(outcomes, "warning")),
        "skipped": skipped,
    }


def unmet(outcomes: list[Outcome], severity: str) -> list[Outcome]:
    """Those of a severity that the rows do not meet."""
    return [outcome for outcome in outcomes if not outcome.met and outcome.entry.severity == severity]


def found(outcome: Outcome) -> str:
    """What was found, e.g. `not in 12 of 6000 rows (0.2 %)`, or the observed value; empty when there is none."""
    if outcome.unexpected is None:
        return "" if outcome.observed is None else shown(outcome.observed)
    if not outcome.unexpected:
        return f"in all {outcome.rows} rows"
    percent = f" ({outcome.percent:.3g} %)" if outcome.percent is not None else ""
    return f"not in {outcome.unexpected} of {outcome.rows} rows{percent}"


def described(outcome: Outcome, table: RowTable) -> str:
    """Lines for the terminal: what was expected, what was found, and examples with `file:line`."""
    entry = outcome.entry
    lines = [f"{entry.severity} {entry.name}: {outcome.meaning}"]
    lines += [f"    found: {text}" for text in [found(outcome)] if text]
    for item in (example(index, outcome, table) for index in outcome.examples):
        values = [f"{name}={_quoted(value)}" for name, value in item["values"].items() if name not in ("path", "split")]
        lines.append(" ".join([f"    {table.root / item['file']}:{item['line']}: {item['image']}", *values]))
    return "\n".join([*lines, f"    why: {entry.why}"] if entry.why else lines)


def _quoted(value: Any) -> str:
    return repr(shown(value, 60)) if isinstance(value, str) else shown(value)
