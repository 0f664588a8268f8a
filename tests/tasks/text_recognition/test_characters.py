"""Confusions and the table by character, by hand and by their sums."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from ocrflow.tasks.text_recognition.characters import (
    CharacterRow,
    Confusion,
    character_rows,
    edits_between,
    most_frequent,
)

texts = st.text(st.sampled_from("ab é\u0301𠀋\ud800"), max_size=9)
unhurried = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("label", "text", "edits"),
    [
        ("abc", "abc", []),
        ("abc", "axc", [("b", "x")]),
        ("abc", "ac", [("b", "")]),
        ("ac", "abc", [("", "b")]),
        ("", "ab", [("", "a"), ("", "b")]),
        ("ab", "", [("a", ""), ("b", "")]),
        ("e\u0301", "e", [("\u0301", "")]),
        ("\ud800", "𠀋", [("\ud800", "𠀋")]),
    ],
)
def test_edits(label, text, edits):
    assert edits_between(label, text) == edits


@unhurried
@given(texts, texts)
def test_edits_are_the_fewest_and_explain_the_difference(label, text):
    edits = edits_between(label, text)
    assert len(edits) == Levenshtein.distance(label, text)
    assert all(before != after for before, after in edits)
    kept = Counter(label) - Counter(before for before, _ in edits)
    assert kept + Counter(after for _, after in edits if after) == Counter(text)


def test_by_hand():
    pairs = Counter({("O", "0"): 3, ("O", ""): 2, ("O", "Q"): 3, ("0", "O"): 1, ("", "I"): 9})
    table = character_rows(Counter({"X": 4, "O": 10, "0": 1}), pairs, known="0X")
    assert table == [
        CharacterRow("O", "U+004F", 10, 8, pytest.approx(0.2), "0", 3, True),
        CharacterRow("0", "U+0030", 1, 1, 0.0, "O", 1, False),
        CharacterRow("X", "U+0058", 4, 0, 1.0, None, 0, False),
    ]
    assert most_frequent(pairs, 3) == [Confusion("", "I", 9), Confusion("O", "0", 3), Confusion("O", "Q", 3)]
    assert len(most_frequent(pairs, 100)) == 5


def test_characters_without_a_glyph_have_their_code_point():
    table = character_rows(Counter(["\u0301", "\ud800", "𠀋", "\u200b"]), Counter(), None)
    assert [row.code_point for row in table] == ["U+0301", "U+200B", "U+D800", "U+2000B"]
    assert not any(row.unknown for row in table)


def test_nothing():
    assert character_rows(Counter(), Counter(), None) == character_rows(Counter(), Counter(), "ab") == []
    assert most_frequent(Counter(), 5) == []


@unhurried
@given(st.lists(st.tuples(texts, texts), max_size=10))
def test_sums_match_the_labels(rows):
    occurrences = Counter(character for label, _ in rows for character in label)
    pairs = Counter(edit for row in rows for edit in edits_between(*row))
    table = character_rows(occurrences, pairs, "ab")
    assert {row.character: row.occurrences for row in table} == occurrences
    put_in = sum(count for (before, _), count in pairs.items() if not before)
    assert sum(row.errors for row in table) + put_in == pairs.total()
    for row in table:
        assert 0 <= row.read_as_count <= row.errors <= row.occurrences
        assert row.recall == 1 - row.errors / row.occurrences
        assert (row.read_as is None) == (row.errors == 0)
        assert row.read_as is None or pairs[row.character, row.read_as] == row.read_as_count
    assert sum(confusion.count for confusion in most_frequent(pairs, 10**6)) == pairs.total()


@unhurried
@given(st.lists(st.tuples(texts, texts), max_size=10), st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows, random):
    def tables(rows):
        pairs = Counter(edit for row in rows for edit in edits_between(*row))
        return character_rows(Counter("".join(label for label, _ in rows)), pairs, None), most_frequent(pairs, 5)

    shuffled = random.sample(rows, len(rows))
    assert tables(rows) == tables(shuffled)
