"""The built-in suites, and how a user's file changes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.errors import UsageError
from ocrflow.expectations.suite import Entry, Suite, load_suite
from ocrflow.files import sha256_of
from ocrflow.models import TASKS, TEXT_RECOGNITION

PAGE = Path(__file__).parents[2] / "docs" / "expectations.md"


def with_file(folder: Path, text: str) -> Suite:
    path = folder / "mine.yaml"
    path.write_text(text)
    return load_suite(TEXT_RECOGNITION, path)


def entry(suite: Suite, name: str) -> Entry:
    return next(entry for entry in suite.entries if entry.name == name)


@pytest.mark.parametrize("task", TASKS)
def test_built_in_suites_say_why(task: str) -> None:
    suite = load_suite(task)
    names = [entry.name for entry in suite.entries]
    assert len(names) == len(set(names)) >= 15
    assert all(len(entry.why) > 20 for entry in suite.entries)
    assert {entry.severity for entry in suite.entries} == {"error", "warning"}
    assert suite.files[0]["file"] == f"ocrflow/expectations/suites/{task}.yaml" and len(suite.files[0]["sha256"]) == 64


@pytest.mark.parametrize("task", TASKS)
def test_the_page_names_every_built_in_expectation(task: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [entry.name for entry in load_suite(task).entries if f"`{entry.name}`" not in page] == []


def test_a_new_expectation_is_added_at_the_end(tmp_path: Path) -> None:
    suite = with_file(tmp_path, "- expectation: expect_column_values_to_match_regex\n  column: label\n  regex: x\n")
    added = suite.entries[-1]
    assert added.name == "expect_column_values_to_match_regex label"
    assert added.arguments == {"column": "label", "regex": "x"} and added.columns == ["label"]
    assert (added.severity, added.why, added.skip_if_divided) == ("error", "", False)
    assert suite.files[1] == {"file": f"{tmp_path}/mine.yaml", "sha256": sha256_of(tmp_path / "mine.yaml")}
    assert len(suite.entries) == len(load_suite(TEXT_RECOGNITION).entries) + 1


def test_unnamed_ones_of_a_kind_get_numbers(tmp_path: Path) -> None:
    suite = with_file(tmp_path, "- {expectation: e, column: c}\n- {expectation: e, column: c}\n- {expectation: e}\n")
    assert [entry.name for entry in suite.entries[-3:]] == ["e c", "e c 2", "e"]


def test_a_name_without_kind_changes_keys_of_the_built_in_one(tmp_path: Path) -> None:
    before = entry(load_suite(TEXT_RECOGNITION), "length_usual")
    changed = entry(with_file(tmp_path, "- name: length_usual\n  max_value: 8\n  severity: error\n"), "length_usual")
    assert changed.arguments == before.arguments | {"max_value": 8}
    assert (changed.severity, changed.why, changed.expectation) == ("error", before.why, before.expectation)
    assert changed.item.place_of("max_value") == f"{tmp_path}/mine.yaml:2"
    assert changed.item.place_of("mostly").endswith(before.item.place_of("mostly"))


def test_a_name_with_kind_replaces_the_built_in_one_in_its_place(tmp_path: Path) -> None:
    suite = with_file(tmp_path, "- {name: val_rows, expectation: expect_table_row_count_to_equal, value: 3}\n")
    assert [entry.name for entry in suite.entries] == [entry.name for entry in load_suite(TEXT_RECOGNITION).entries]
    assert entry(suite, "val_rows").arguments == {"value": 3} and entry(suite, "val_rows").severity == "error"


def test_drop_leaves_out(tmp_path: Path) -> None:
    names = {entry.name for entry in with_file(tmp_path, "drop: [val_rows, label_trimmed]\n").entries}
    assert {entry.name for entry in load_suite(TEXT_RECOGNITION).entries} - names == {"val_rows", "label_trimmed"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("drop: [val_row]\n", r"mine\.yaml:1: drop: no built-in expectation 'val_row' \(did you mean 'val_rows'"),
        ("- name: lenght_usual\n  max_value: 3\n", r":1: no built-in expectation 'lenght_usual'.*'length_usual'"),
        ("- column: length\n", r":1: expected the key expectation"),
        ("- expectation: 3\n", r":1: expectation: expected text, got 3"),
        ("- expectation: e\n  severity: fatal\n", r":2: severity: expected error or warning, got 'fatal'"),
        ("- expectation: e\n  why: [a]\n", r":2: why: expected text"),
        ("- expectation: e\n  skip_if_divided: 1\n", r":2: skip_if_divided: expected true or false, got 1"),
        ("- expectation: e\n  name: ' '\n", r":2: name: expected text"),
        ("- {expectation: e, name: a}\n- {expectation: f, name: a}\n", r":2: two expectations are named 'a'"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        with_file(tmp_path, text)


def test_the_columns_that_an_expectation_looks_at(tmp_path: Path) -> None:
    suite = with_file(
        tmp_path, "- {expectation: e, column_A: a, column_B: b}\n- {expectation: e, column_list: [c, d]}\n"
    )
    assert [entry.columns for entry in suite.entries[-2:]] == [["a", "b"], ["c", "d"]]
