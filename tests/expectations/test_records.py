"""Outcomes for machines and for the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ocrflow.data.row_table import RowTable
from ocrflow.expectations.build import build
from ocrflow.expectations.judge import Outcome, judge
from ocrflow.expectations.records import described, found, record, statistics, unmet
from ocrflow.expectations.suite import Entry


@pytest.fixture(scope="module")
def outcomes(table: RowTable, names: list[str], expect: Callable[..., Entry]) -> dict[str, Outcome]:
    between, regex = "expect_column_values_to_be_between", "expect_column_values_to_match_regex"
    entries = [
        expect(between, "long", why="they are short", column="length", max_value=2),
        expect(regex, "letters", "warning", column="label", regex="^[ab]+$"),
        expect(between, "height", column="height", min_value=10),
        expect("expect_column_max_to_be_between", "max", column="length", max_value=3),
        expect("expect_compound_columns_to_be_unique", "pair", column_list=["split", "in_val"]),
        expect("expect_column_to_exist", "there", column="page"),
    ]
    found, _ = judge(table.frame, entries, build(entries, names))
    return {outcome.entry.name: outcome for outcome in found}


def test_a_record_names_the_rows(outcomes: dict[str, Outcome], table: RowTable) -> None:
    item = record(outcomes["letters"], table)
    assert item == {
        "name": "letters",
        "expectation": "expect_column_values_to_match_regex",
        "column": "label",
        "severity": "warning",
        "success": False,
        "meaning": "label values must match this regular expression: ^[ab]+$.",
        "why": "",
        "observed_value": None,
        "rows": 12,
        "unexpected_count": 2,
        "unexpected_percent": pytest.approx(100 / 6),
        "examples": [
            {"file": "val.txt", "line": 2, "image": "images/gone.png", "values": {"label": "b<i>"}},
            {"file": "val.txt", "line": 3, "image": "images/11.png", "values": {"label": "中 文"}},
        ],
    }
    json.dumps(item, allow_nan=False)


def test_columns_and_observed_values(outcomes: dict[str, Outcome], table: RowTable) -> None:
    pair, largest = record(outcomes["pair"], table), record(outcomes["max"], table)
    assert pair["column"] == ["split", "in_val"] and len(pair["examples"]) == 5
    assert pair["examples"][0]["values"] == {"split": "train", "in_val": 0}
    assert (largest["observed_value"], largest["rows"], largest["examples"]) == (8, None, [])


def test_what_was_found(outcomes: dict[str, Outcome]) -> None:
    texts = {name: found(outcome) for name, outcome in outcomes.items()}
    assert texts == {
        "long": "not in 8 of 12 rows (66.7 %)",
        "letters": "not in 2 of 12 rows (16.7 %)",
        "height": "in all 12 rows",
        "max": "8",
        "pair": "not in 12 of 12 rows (100 %)",
        "there": "",
    }


def test_the_terminal_gets_places(outcomes: dict[str, Outcome], table: RowTable) -> None:
    lines = described(outcomes["long"], table).splitlines()
    assert lines[0] == "error long: length values must be at most 2." and lines[-1] == "    why: they are short"
    assert lines[2] == f"    {table.root}/train.txt:3: images/3.png length=3" and len(lines) == 8
    assert described(outcomes["letters"], table).splitlines()[3].endswith("val.txt:3: images/11.png label='中 文'")
    assert len(described(outcomes["there"], table).splitlines()) == 1


def test_counts(outcomes: dict[str, Outcome]) -> None:
    every = list(outcomes.values())
    assert statistics(every, 3) == {"evaluated": 6, "met": 1, "errors": 4, "warnings": 1, "skipped": 3}
    assert [outcome.entry.name for outcome in unmet(every, "warning")] == ["letters"]
