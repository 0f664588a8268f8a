"""Expectations as sentences."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ocrflow.data.row_table import RowTable
from ocrflow.expectations.build import build
from ocrflow.expectations.judge import judge
from ocrflow.expectations.sentence import shown
from ocrflow.expectations.suite import Entry


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (0.123456789, "0.123457"),
        (True, "True"),
        ([1.0, "a"], "1, a"),
        ([["val", 1], ["train", 0]], "(val, 1), (train, 0)"),
        ({"unexpected_values": ["x", "y"]}, "unexpected values: x, y"),
        ("x" * 200, "x" * 120 + "…"),
    ],
)
def test_values_for_people(value: object, text: str) -> None:
    assert shown(value) == text


def test_sentences(table: RowTable, names: list[str], expect: Callable[..., Entry]) -> None:
    between = "expect_column_values_to_be_between"
    entries = [
        expect(between, "range", column="length", min_value=1, max_value=8.5, mostly=0.9),
        expect(between, "some", column="length", max_value=9, row_condition="width > 3 and height > 4 or line == 1"),
        expect("expect_column_values_to_match_regex", "regex", column="label", regex=r"^\d+$"),
        expect("expect_table_row_count_to_equal", "rows", value=12),
        expect(
            "expect_column_pair_values_to_be_in_set",
            "pairs",
            column_A="split",
            column_B="line",
            value_pairs_set=[["a", 1]],
        ),
    ]
    outcomes, _ = judge(table.frame, entries, build(entries, names))
    assert {outcome.entry.name: outcome.meaning for outcome in outcomes} == {
        "range": "length values must be at least 1 and at most 8.5, at least 90 % of the time.",
        "some": "If width > 3 and height > 4 or line == 1, then length values must be at most 9.",
        "regex": r"label values must match this regular expression: ^\d+$.",
        "rows": "Must have exactly 12 rows.",
        "pairs": "column_A: split; column_B: line; value_pairs_set: (a, 1)",
    }
