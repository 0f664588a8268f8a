"""From entries to Great Expectations' objects; wrong ones are named with their place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrflow.errors import UsageError
from ocrflow.expectations.build import build
from ocrflow.expectations.suite import Entry, load_suite
from ocrflow.models import TEXT_DETECTION, TEXT_RECOGNITION

Expect = Callable[..., Entry]


def test_an_entry_becomes_an_expectation(expect: Expect, names: list[str]) -> None:
    kind = "expect_column_values_to_be_between"
    entry = expect(kind, name="short", severity="warning", why="so", column="length", max_value=9, mostly=0.5)
    [built] = build([entry], names)
    assert type(built).__name__ == "ExpectColumnValuesToBeBetween"
    assert (built.column, built.max_value, built.mostly) == ("length", 9, 0.5)
    assert (built.severity.value, built.meta, built.notes) == ("warning", {"name": "short"}, "so")


@pytest.mark.parametrize("task", [TEXT_RECOGNITION, TEXT_DETECTION])
def test_the_built_in_suites_can_be_built(task: str, names: list[str]) -> None:
    from ocrflow.tasks.text_detection.columns import COLUMNS

    entries = load_suite(task).entries
    assert len(build(entries, [*names, *COLUMNS])) == len(entries)


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        ("expect_column_value_to_be_between", {"column": "length"}, r":2: no expectation .*did you mean 'expect_col"),
        ("expect_column_max_to_be_between", {"column": "lenght", "max_value": 3}, r":3: no column 'lenght' .*'length'"),
        (
            "expect_column_max_to_be_between",
            {"column": "length", "max_val": 3},
            r":4: .*no argument 'max_val'.*'max_value'",
        ),
        ("expect_column_max_to_be_between", {"max_value": 3}, r":1: .*column: field required"),
        ("expect_column_max_to_be_between", {"column": "length", "meta": {}}, r"no argument 'meta'"),
        (
            "expect_column_values_to_be_between",
            {"column": "length", "mostly": 3},
            r":4: .*mostly: .*less than or equal to 1",
        ),
        (
            "expect_column_values_to_be_in_set",
            {"column": "length", "value_set": 3},
            r":4: .*value_set: .*not a valid list",
        ),
        ("expect_compound_columns_to_be_unique", {"column_list": ["path", "x"]}, r":3: no column 'x'"),
        ("expect_column_pair_values_to_be_equal", {"column_A": "width", "column_B": "y"}, r":4: no column 'y'"),
        (
            "expect_table_row_count_to_equal",
            {"value": 1, "row_condition": "@pd.eval('1')"},
            r":4: row_condition: expected a comparison",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    expect: Expect, names: list[str], kind: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        build([expect(kind, **arguments)], names)
    assert str(caught.value).startswith("mine.yaml:")


def test_all_wrong_ones_are_named_at_once(expect: Expect, names: list[str]) -> None:
    entries = [expect("expect_nothing"), expect("expect_column_to_exist", column="x"), expect("expect_all")]
    with pytest.raises(UsageError, match=r"(?s)'expect_nothing'.*'expect_all'"):
        build(entries, names)


def test_columns_that_need_not_exist_are_not_looked_up(expect: Expect, names: list[str]) -> None:
    entries = [
        expect("expect_column_to_exist", column="nowhere"),
        expect("expect_table_columns_to_match_ordered_list", column_list=["nowhere"]),
    ]
    assert len(build(entries, names)) == 2


def test_the_import_is_quiet_and_sends_nothing(expect: Expect, names: list[str]) -> None:
    import os

    build([expect("expect_column_to_exist", column="x")], names)
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert logging.getLogger("great_expectations.core").getEffectiveLevel() == logging.WARNING


def test_no_stage_but_this_one_imports_the_library() -> None:
    package = Path(__file__).parents[2] / "ocrflow"
    users = [path for path in package.rglob("*.py") if "import great_expectations" in path.read_text(encoding="utf-8")]
    assert {path.parent.name for path in users} == {"expectations"}
    assert all(
        line.startswith("    ") for path in users for line in path.read_text().splitlines() if "import great_" in line
    )
