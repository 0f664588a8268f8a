"""Counting and ordering the characters of labels."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrflow.data.dict_labels import LabelList
from ocrflow.data.dict_tools import Usage, extension, ordered, rarer_than, rows_with, usage_of
from ocrflow.data.labels import Row
from ocrflow.errors import UsageError


def lists_of(*texts: str) -> list[LabelList]:
    """One list with a row for each text."""
    return [LabelList(Path("train.txt"), [Row(f"{line}.png", text, line) for line, text in enumerate(texts, 1)])]


def test_usage_counts_occurrences_rows_and_names_the_first() -> None:
    assert usage_of(lists_of("aab", " a c")) == {
        "a": Usage(3, 2, "train.txt:1"),
        "b": Usage(1, 1, "train.txt:1"),
        "c": Usage(1, 1, "train.txt:2"),
    }


@given(st.lists(st.text(max_size=6), max_size=8))
def test_usage_agrees_with_a_plain_count(texts: list[str]) -> None:
    usage = usage_of(lists_of(*texts))
    counted = Counter("".join(texts).replace(" ", ""))
    assert {char: found.times for char, found in usage.items()} == counted
    for char, found in usage.items():
        rows = [line for line, text in enumerate(texts, 1) if char in text]
        assert (found.rows, found.first) == (len(rows), f"train.txt:{rows[0]}")


def test_orders() -> None:
    usage = usage_of(lists_of("zzab", "b"))
    assert ordered(usage, "code_point") == ["a", "b", "z"]
    assert ordered(usage, "frequency") == ["b", "z", "a"]
    with pytest.raises(UsageError, match="no order 'size'"):
        ordered(usage, "size")


def test_rare_characters_and_their_rows() -> None:
    lists = lists_of("aab", "a c", "cc")
    assert set(rarer_than(usage_of(lists), 3)) == {"b"}
    assert rows_with(lists, {"b"}) == ["train.txt:1"]
    with pytest.raises(UsageError, match="--min-count 0"):
        rarer_than({}, 0)


def test_an_extension_is_what_the_dictionary_lacks() -> None:
    assert extension(["b", "x"], usage_of(lists_of("zb", "za", "z x")), "frequency") == ["z", "a"]
