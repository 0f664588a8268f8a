"""The report on what is in train and val."""

from __future__ import annotations

import statistics
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ocrflow.data.boxes import Box, boxes_text
from ocrflow.data.labels import Row
from ocrflow.data.split_report import content_of, labels_of, told

SQUARE = ((0, 0), (9, 0), (9, 9), (0, 9))


def test_labels_of_recognition_are_the_rows() -> None:
    assert labels_of([Row("a", "x y", 1), Row("b", "", 2)], "text_recognition") == [("x y",), ("",)]


def test_labels_of_detection_are_the_texts_that_are_not_ignored() -> None:
    text = boxes_text([Box("total", SQUARE), Box("###", SQUARE), Box("12", SQUARE), Box("*", SQUARE)])
    rows = [Row("a", text, 1), Row("b", "[]", 2), Row("c", "no JSON", 3)]
    assert labels_of(rows, "text_detection") == [("total", "12"), (), ()]


def test_characters_and_lengths() -> None:
    content, only_in_val = content_of([("abc", "a"), ("b" * 101,)], [("ad",), ("", "ß" * 6)])
    assert only_in_val == ["d", "ß"]
    assert content["characters"] == {"train": 3, "val": 3, "only_in_train": 2, "only_in_val": 2}
    histogram = {"1-5": 2, "over 100": 1}
    assert content["lengths"]["train"] == {"labels": 3, "min": 1, "median": 3, "max": 101, "histogram": histogram}
    histogram = {"0": 1, "1-5": 1, "6-10": 1}
    assert content["lengths"]["val"] == {"labels": 3, "min": 0, "median": 2, "max": 6, "histogram": histogram}


@given(st.lists(st.integers(0, 120), min_size=1))
def test_the_median_is_that_of_all_labels(lengths: list[int]) -> None:
    content, _ = content_of([tuple("x" * length for length in lengths)], [])
    of_train = content["lengths"]["train"]
    assert of_train["median"] == statistics.median(lengths)
    assert sum(of_train["histogram"].values()) == of_train["labels"] == len(lengths)
    assert content["lengths"]["val"] == {"labels": 0, "min": None, "median": None, "max": None, "histogram": {}}


def result(**changes: Any) -> dict[str, Any]:
    content, only_in_val = content_of([("abc",)] * 60, [("ad",)] * 40)
    report = {"rows": 100, "excluded_rows": 0, "images": 90, "groups": 80, "largest_group": 7}
    report |= {"near_duplicate_clusters": 3, "unmatched_pattern_rows": 4} | content | changes.pop("report", {})
    sides = {"train_rows": 60, "val_rows": 40, "train_percent": 60, "split_sha256": "f" * 64, "seed": 5}
    sides |= {"enabled": True, "in_place": False, "characters_only_in_val": only_in_val, "report": report}
    return sides | changes


def test_what_is_told() -> None:
    lines = told(result()).split("\n")
    assert lines[0] == "60 train + 40 val rows, divided anew with seed 5, split ffffffffffff"
    assert lines[1] == "80 groups that stay together, the largest of 7 rows; 3 clusters of nearly equal images"
    assert lines[2] == "4 rows have a path that group_pattern does not match, and no source"
    assert lines[3].startswith("characters: 3 in train, 2 in val; label lengths: 3 to 3 in train (median 3)")
    assert lines[4] == "warning: 1 character occurs in val only, training never sees them: d" and len(lines) == 5


def test_a_share_that_is_missed_and_rows_left_out_are_told() -> None:
    text = told(result(train_percent=80, report={"excluded_rows": 12}))
    assert "warning: train has 60 % of the rows, 80 % were asked for" in text
    assert "12 rows are left out" in text


def test_without_enable_there_are_no_groups_to_tell_of() -> None:
    none = dict.fromkeys(("groups", "largest_group", "near_duplicate_clusters", "unmatched_pattern_rows"))
    lines = told(result(enabled=False, train_percent=None, report=none)).split("\n")
    assert lines[0].startswith("60 train + 40 val rows, as the dataset has them") and len(lines) == 3
