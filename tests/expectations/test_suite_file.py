"""Reading suite files: what is wrong is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.errors import UsageError
from ocrflow.expectations.suite_file import SuiteFile, read_suite_file


def read(folder: Path, text: str) -> SuiteFile:
    path = folder / "suite.yaml"
    path.write_text(text, encoding="utf-8")
    return read_suite_file(path)


def test_items_keep_their_places(tmp_path: Path) -> None:
    file = read(tmp_path, "# mine\ndrop: [a]\nexpectations:\n  - name: b\n    column: length\n  - {name: c}\n")
    first, second = file.items
    assert first.values == {"name": "b", "column": "length"} and second.values == {"name": "c"}
    assert first.place == f"{tmp_path}/suite.yaml:4" and first.place_of("column").endswith(":5")
    assert first.place_of("absent") == first.place and second.place.endswith(":6")
    assert file.drop == {"a": f"{tmp_path}/suite.yaml:2"}


@pytest.mark.parametrize("text", ["", "# nothing\n", "expectations:\n", "expectations: []\ndrop:\n"])
def test_nothing_is_allowed(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == SuiteFile(tmp_path / "suite.yaml", [])


def test_a_bare_list_is_the_expectations(tmp_path: Path) -> None:
    assert [item.values for item in read(tmp_path, "- {name: a}\n- {name: b}\n").items] == [
        {"name": "a"},
        {"name": "b"},
    ]


def test_anchors_and_merges_are_yaml(tmp_path: Path) -> None:
    file = read(tmp_path, "- &one {name: a, column: width}\n- {<<: *one, name: b}\n")
    assert file.items[1].values == {"name": "b", "column": "width"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "expectation:\n  - {name: a}\n",
            r"suite\.yaml:1: unknown section 'expectation' \(did you mean 'expectations'",
        ),
        ("expectations: 3\n", r":1: expectations: expected a list, got 3"),
        ("expectations:\n  a: b\n", r":2: expectations: expected a list"),
        ("drop: label\n", r":1: drop: expected a list, got 'label'"),
        ("drop:\n  - 3\n", r":2: expected a name, got 3"),
        ("- 3\n", r":1: expected keys such as expectation and column, got 3"),
        ("- name: a\n  name: b\n", r":2: 'name' stands twice"),
        ("- 3: a\n", r":1: expected a name, got 3"),
        ("text\n", r":1: expected sections expectations or drop, got 'text'"),
        ("- name: !!python/name:os.system x\n", r":1: not a value that YAML knows"),
        ("- day: 2020-99-99\n", r":1: not a value that YAML knows"),
        ("- [\n", r"suite\.yaml is not readable as YAML"),
        ("- &a [*a]\n", r":1"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(tmp_path, text)


def test_a_missing_file_names_the_key(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"CheckDataset\.expectations=.*nowhere\.yaml: No such file"):
        read_suite_file(tmp_path / "nowhere.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"- name: \xe9\n")
    with pytest.raises(UsageError, match="not readable as YAML"):
        read_suite_file(tmp_path / "latin.yaml")
