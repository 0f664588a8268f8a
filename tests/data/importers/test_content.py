"""Values out of foreign label files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrflow.data.importers.content import BadContent, brief, flat_pairs, number, pairs, polygon, read_json, text_of


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "is not UTF-8 at byte 0"),
        (b"{", "is not JSON"),
        (b"", "is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 5000, "is not JSON"),
    ],
)
def test_what_is_wrong_with_a_json_file(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(BadContent, match=message):
        read_json(path)


def test_a_bom_is_skipped_and_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert read_json(path) == {"a": 1}
    for other in (tmp_path, tmp_path / "b.json"):
        with pytest.raises(BadContent, match="expected a JSON file"):
            read_json(other)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        ("2.5", 2.5),
        (-0.5, -0.5),
        (True, None),
        (None, None),
        ("nan", None),
        ("x", None),
        ("", None),
        ([], None),
    ],
)
def test_numbers_are_finite(value: object, expected: float | None) -> None:
    assert number(value) == expected
    assert number(10**400) is None
    assert number(float("inf")) is None


def test_points_and_polygons() -> None:
    assert pairs([[1, 2], [3.5, "4"]]) == ((1.0, 2.0), (3.5, 4.0))
    assert flat_pairs([1, 2, 3, 4]) == ((1.0, 2.0), (3.0, 4.0))
    wrong: list[tuple[Any, Any]] = [
        (pairs, [1, 2]),
        (pairs, {}),
        (flat_pairs, [1]),
        (flat_pairs, None),
        (pairs, [[1, None]]),
    ]
    for read, value in wrong:
        with pytest.raises(BadContent):
            read(value)
    with pytest.raises(BadContent, match="a polygon of 2 points"):
        polygon(((1.0, 2.0), (3.0, 4.0)))


@pytest.mark.parametrize("value", ["\ud800", 3, None, ["a"]])
def test_texts_can_be_written(value: object) -> None:
    with pytest.raises(BadContent):
        text_of(value)
    assert text_of("粤é") == "粤é"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_value_in_a_message_is_short(value: object) -> None:
    assert len(brief(value)) <= 90


def test_a_huge_value_in_a_message_is_short() -> None:
    for value in ("x" * 10**6, 10**5000, [10**5000], [["x" * 10**6]], ["x" * 10**6] * 5, {"a": {"b": 1}}):
        assert len(brief(value)) <= 90
