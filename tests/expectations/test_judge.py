"""What Great Expectations says of the table."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas
import pytest

from ocrflow.data.row_table import RowTable
from ocrflow.errors import UsageError
from ocrflow.expectations.build import build
from ocrflow.expectations.judge import Judgement, judge, plain
from ocrflow.expectations.suite import Entry

Expect = Callable[..., Entry]
BETWEEN = "expect_column_values_to_be_between"
# One of every kind that judges a table in memory: arguments, whether the table meets it, and rows that do not.
KINDS: list[tuple[str, dict[str, Any], bool, list[int]]] = [
    ("column_distinct_values_to_be_in_set", {"column": "split", "value_set": ["train", "val"]}, True, []),
    ("column_distinct_values_to_contain_set", {"column": "split", "value_set": ["test"]}, False, []),
    ("column_distinct_values_to_equal_set", {"column": "split", "value_set": ["train"]}, False, []),
    (
        "column_kl_divergence_to_be_less_than",
        {"column": "split", "threshold": 0.1, "partition_object": {"values": ["train", "val"], "weights": [0.7, 0.3]}},
        True,
        [],
    ),
    ("column_max_to_be_between", {"column": "length", "max_value": 8}, True, []),
    ("column_mean_to_be_between", {"column": "in_val", "max_value": 0.3}, False, []),
    ("column_median_to_be_between", {"column": "height", "min_value": 24}, True, []),
    ("column_min_to_be_between", {"column": "length", "min_value": 2}, False, []),
    ("column_most_common_value_to_be_in_set", {"column": "label", "value_set": ["b"]}, True, []),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "width", "column_B": "height"}, False, [0]),
    ("column_pair_values_to_be_equal", {"column_A": "in_val", "column_B": "in_val"}, True, []),
    (
        "column_pair_values_to_be_in_set",
        {"column_A": "split", "column_B": "line", "value_pairs_set": [["val", 1]]},
        False,
        [0, 1, 2, 3, 4],
    ),
    ("column_proportion_of_non_null_values_to_be_between", {"column": "width", "min_value": 1}, False, []),
    ("column_proportion_of_unique_values_to_be_between", {"column": "path", "min_value": 1}, True, []),
    (
        "column_quantile_values_to_be_between",
        {"column": "length", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[8, 9]]}},
        False,
        [],
    ),
    ("column_stdev_to_be_between", {"column": "height", "max_value": 0}, True, []),
    ("column_sum_to_be_between", {"column": "in_val", "min_value": 4, "max_value": 4}, True, []),
    ("column_to_exist", {"column": "page"}, False, []),
    ("column_type_to_be", {"column": "line", "type_": "int64"}, True, []),
    ("column_unique_value_count_to_be_between", {"column": "label", "max_value": 5}, False, []),
    ("column_value_lengths_to_be_between", {"column": "label", "max_value": 6}, False, [6, 7]),
    ("column_value_lengths_to_equal", {"column": "hash", "value": 32}, True, []),
    ("column_value_z_scores_to_be_less_than", {"column": "length", "threshold": 1.5, "double_sided": True}, False, [7]),
    ("column_values_to_be_between", {"column": "length", "max_value": 7}, False, [7]),
    ("column_values_to_be_dateutil_parseable", {"column": "label", "mostly": 0}, True, None),
    ("column_values_to_be_decreasing", {"column": "in_val"}, False, [8]),
    ("column_values_to_be_in_set", {"column": "split", "value_set": ["val"]}, False, [0, 1, 2, 3, 4]),
    ("column_values_to_be_in_type_list", {"column": "line", "type_list": ["int64", "int"]}, True, []),
    ("column_values_to_be_increasing", {"column": "in_val"}, True, []),
    ("column_values_to_be_json_parseable", {"column": "label", "mostly": 0}, True, None),
    ("column_values_to_be_null", {"column": "width"}, False, [0, 1, 2, 3, 4]),
    ("column_values_to_be_of_type", {"column": "line", "type_": "int64"}, True, []),
    ("column_values_to_be_unique", {"column": "label"}, False, [8, 11]),
    ("column_values_to_match_regex", {"column": "label", "regex": "^[ab]+$"}, False, [9, 10]),
    ("column_values_to_match_regex_list", {"column": "label", "regex_list": ["a", "b"]}, False, [10]),
    ("column_values_to_match_strftime_format", {"column": "label", "strftime_format": "%Y", "mostly": 0}, True, None),
    ("column_values_to_not_be_in_set", {"column": "label", "value_set": ["b"]}, False, [8, 11]),
    ("column_values_to_not_be_null", {"column": "width"}, False, [9]),
    ("column_values_to_not_be_outliers", {"column": "height", "method": "iqr", "multiplier": 1.5}, True, []),
    ("column_values_to_not_match_regex", {"column": "label", "regex": "<"}, False, [9]),
    ("column_values_to_not_match_regex_list", {"column": "label", "regex_list": ["<", " "]}, False, [9, 10]),
    ("compound_columns_to_be_unique", {"column_list": ["split", "line"]}, True, []),
    ("multicolumn_sum_to_equal", {"column_list": ["in_val", "splits_of_image"], "sum_total": 1}, False, [8, 9, 10, 11]),
    ("multicolumn_values_to_be_equal", {"column_list": ["in_val", "splits_of_image"]}, False, [0, 1, 2, 3, 4]),
    (
        "select_column_values_to_be_unique_within_record",
        {"column_list": ["in_val", "splits_of_image"]},
        False,
        [8, 9, 10, 11],
    ),
    ("table_column_count_to_be_between", {"max_value": 3}, False, []),
    ("table_column_count_to_equal", {"value": 17}, True, []),
    ("table_columns_to_match_ordered_list", {"column_list": ["split"]}, False, []),
    ("table_columns_to_match_set", {"column_set": ["label"], "exact_match": False}, True, []),
    ("table_row_count_to_be_between", {"min_value": 12}, True, []),
    ("table_row_count_to_equal", {"value": 4, "row_condition": 'split == "val"'}, True, []),
]


def judged(table: RowTable, names: list[str], *entries: Entry) -> Judgement:
    return judge(table.frame, list(entries), build(list(entries), names))


def test_every_kind_that_needs_no_database(table: RowTable, names: list[str], expect: Expect) -> None:
    entries = [expect(f"expect_{kind}", **arguments) for kind, arguments, _, _ in KINDS]
    outcomes, validation = judged(table, names, *entries)
    met = {outcome.entry.name.removeprefix("expect_"): outcome.met for outcome in outcomes}
    assert met == {kind: expected for kind, _, expected, _ in KINDS}
    for outcome, (_, _, _, rows) in zip(outcomes, KINDS, strict=True):
        assert rows is None or outcome.examples == rows, outcome.entry.name
        assert outcome.meaning and not re.search(r"\$\w", outcome.meaning)
    assert validation["statistics"]["evaluated_expectations"] == len(KINDS)
    assert [item["expectation_config"]["meta"]["name"] for item in validation["results"]] == [e.name for e in entries]


def test_all_kinds_of_the_library_are_tried_or_need_a_database() -> None:
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    known = {name.removeprefix("expect_") for name in list_registered_expectation_implementations()}
    like = {f"column_values_to_{kind}_like_pattern{s}" for kind in ("match", "not_match") for s in ("", "_list")}
    databases = {
        "query_results_to_match_comparison",
        "unexpected_rows_expectation",
        "table_row_count_to_equal_other_table",
    }
    assert known - {kind for kind, *_ in KINDS} == like | databases | {"column_values_to_match_json_schema"}


def test_numbers_of_an_expectation_about_rows(table: RowTable, names: list[str], expect: Expect) -> None:
    few = expect(BETWEEN, name="few", column="width", max_value=200, mostly=0.7)
    none = expect(BETWEEN, name="none", column="width", max_value=200, mostly=0.9)
    outcomes, _ = judged(table, names, few, none)
    assert [outcome.met for outcome in outcomes] == [True, False]
    for outcome in outcomes:
        assert (outcome.rows, outcome.unexpected, outcome.observed) == (12, 2, None)
        assert outcome.percent == pytest.approx(100 * 2 / 11), "of the rows that have a value"
        assert outcome.examples == [10, 11]


def test_numbers_of_an_expectation_about_a_column(table: RowTable, names: list[str], expect: Expect) -> None:
    entries = [
        expect("expect_column_max_to_be_between", column="length", max_value=3),
        expect("expect_column_distinct_values_to_contain_set", column="split", value_set=["test", "val"]),
    ]
    outcomes, _ = judged(table, names, *entries)
    assert [outcome.observed for outcome in outcomes] == [8, {"missing_values": ["test"]}]
    assert all(outcome.rows is None and outcome.unexpected is None for outcome in outcomes)


def test_a_condition_keeps_the_rows_numbers(table: RowTable, names: list[str], expect: Expect) -> None:
    entry = expect(BETWEEN, column="length", max_value=1, row_condition='split == "val" and height == 24')
    [outcome], _ = judged(table, names, entry)
    assert (outcome.rows, outcome.unexpected, outcome.examples) == (3, 1, [10])
    assert outcome.meaning.startswith('If split == "val" and height == 24, then length values')


def test_what_cannot_be_applied_is_named(table: RowTable, names: list[str], expect: Expect) -> None:
    entries = [
        expect("expect_column_values_to_match_regex", column="label", regex="("),
        expect("unexpected_rows_expectation", unexpected_rows_query="SELECT * FROM {batch}"),
        expect(BETWEEN, column="length", max_value=1),
        expect("expect_table_row_count_to_equal", value=1, row_condition="no such column > 3"),
    ]
    with pytest.raises(UsageError) as caught:
        judged(table, names, *entries)
    lines = str(caught.value).splitlines()
    assert len(lines) == 4 and all("mine.yaml:1: " in line and "cannot be applied: " in line for line in lines[:3])
    assert "regular expression" in lines[0] and BETWEEN not in str(caught.value)


def test_an_empty_suite_is_met(table: RowTable, names: list[str]) -> None:
    assert judged(table, names)[0] == []


def test_the_validation_result_is_json_and_the_same_each_time(
    table: RowTable, names: list[str], expect: Expect
) -> None:
    entries = [expect(f"expect_{kind}", **arguments) for kind, arguments, _, _ in KINDS]
    first, second = (json.dumps(judged(table, names, *entries)[1], allow_nan=False) for _ in range(2))
    assert first == second and '"great_expectations_version"' in first


def test_no_network_no_log_lines_no_progress_bar(
    table: RowTable,
    names: list[str],
    expect: Expect,
    no_network: list[Any],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.INFO):  # importing paddle leaves the root logger like this
        judged(table, names, expect(BETWEEN, column="length", max_value=3))
    assert no_network == [] and caplog.records == []
    assert tuple(capfd.readouterr()) == ("", "")


def test_plain_values() -> None:
    day = pandas.Timestamp("2020-02-03")
    value = {
        1: np.bool_(True),
        "a": (np.int64(3), float("nan"), float("inf"), pandas.NA, None),
        "b": np.array([1.5]),
        "c": day,
    }
    assert plain(value) == {"1": True, "a": [3, None, None, None, None], "b": [1.5], "c": "2020-02-03 00:00:00"}
    assert plain(value)["1"] is True
