"""All tables of an evaluation: their sums are those of the metrics, and they are JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrflow.files import read_json, write_json
from ocrflow.tasks.text_recognition.characters import CharacterRow, Confusion
from ocrflow.tasks.text_recognition.metric import score
from ocrflow.tasks.text_recognition.tables import LengthRow, length_bins, tables_of

texts = st.text(st.sampled_from("ab é\u0301\u3000𠀋\ud800"), max_size=30)
many_rows = st.lists(st.tuples(texts, texts, st.floats(allow_nan=True, allow_infinity=True)), max_size=15)
unhurried = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_by_hand():
    rows = [("AB", "AB", 1.0), ("A B", "AB", 0.9), ("ABC", "A8C", 0.8), ("B", "8", 0.4)]
    tables = tables_of(rows, known="ABC ")
    assert tables.lengths == [
        LengthRow(1, 1, 1, 0, 0.0, 1, 1, 1.0),
        LengthRow(2, 2, 1, 1, 1.0, 2, 0, 0.0),
        LengthRow(3, 3, 2, 1, 0.5, 6, 2, 2 / 6),
    ]
    assert tables.characters[0] == CharacterRow("B", "U+0042", 4, 2, 0.5, "8", 2, False)
    assert tables.confusions == [Confusion("B", "8", 2), Confusion(" ", "", 1)]
    assert tables.edits == 3
    assert (tables.calibration.acc, tables.calibration.threshold.score) == (0.5, 0.9)


def test_what_the_model_cannot_write_is_told():
    tables = tables_of([("ßa", "sa", 0.5)], known=["", "a", "s", " "])
    assert [(row.character, row.unknown) for row in tables.characters] == [("ß", True), ("a", False)]


def test_only_so_many_confusions():
    tables = tables_of([("abc", "xyz", 0.1)], most_confusions=2)
    assert tables.confusions == [Confusion("a", "x", 1), Confusion("b", "y", 1)]
    assert tables.edits == 3


def test_no_rows():
    tables = tables_of([])
    assert (tables.lengths, tables.characters, tables.confusions, tables.edits) == ([], [], [], 0)
    json.dumps(tables.plain, allow_nan=False)


def test_a_generator_is_read_once():
    assert tables_of((text, text, 1.0) for text in ("a", "b")).calibration.rows == 2


@unhurried
@given(many_rows)
def test_sums_are_those_of_the_metrics(rows):
    metrics, tables = score((label, text) for label, text, _ in rows), tables_of(rows)
    for name in ("rows", "right", "characters", "edits"):
        assert sum(getattr(row, name) for row in tables.lengths) == getattr(metrics, name)
    assert sum(row.occurrences for row in tables.characters) == metrics.characters
    assert tables.edits == metrics.edits
    assert tables.calibration.rows + tables.calibration.invalid_scores == metrics.rows
    for row in tables.lengths:
        inside = [item for item in rows if row.first <= len(item[0]) <= row.last]
        assert len(inside) == row.rows
        alone = score((label, text) for label, text, _ in inside)
        assert (row.acc, row.cer) == (alone.right / alone.rows, alone.cer)


@unhurried
@given(many_rows)
def test_the_tables_are_json_and_say_the_same_again(rows):
    text = json.dumps(tables_of(rows).plain, allow_nan=False)
    assert json.loads(text) == tables_of(rows).plain


def test_a_lone_surrogate_can_be_written_and_read(tmp_path):
    tables = tables_of([("a\ud800", "a\udc80", 0.5)])
    write_json(tmp_path / "tables.json", tables.plain)
    assert read_json(tmp_path / "tables.json") == tables.plain


def test_few_lengths_have_a_bin_each():
    assert length_bins({3: 5, 1: 1, 900: 2}) == [(1, 1), (3, 3), (900, 900)]
    assert length_bins({}) == []


def test_an_odd_long_label_does_not_spoil_the_bins():
    bins = length_bins(dict.fromkeys(range(1, 25), 100) | {100_000: 1})
    assert bins[0] == (1, 3) and bins[-1][1] == 100_000
    assert len(bins) <= 12
    assert all(last - first <= 2 for first, last in bins[:-1])


@unhurried
@given(st.dictionaries(st.integers(0, 500), st.integers(1, 1000), max_size=60), st.integers(1, 15))
def test_every_length_is_in_one_bin(rows_of_length, most):
    bins = length_bins(rows_of_length, most)
    assert len(bins) <= most
    assert all(sum(first <= length <= last for first, last in bins) == 1 for length in rows_of_length)
    assert all(first in rows_of_length and last in rows_of_length for first, last in bins)
    assert [edge for pair in bins for edge in pair] == sorted(edge for pair in bins for edge in pair)


@pytest.mark.parametrize("length", [5_000])
def test_very_long_texts(length):
    tables = tables_of([("a" * length, "b" * length, 0.5), ("x" * length, "x" * (length - 1), 0.5)])
    assert tables.confusions == [Confusion("a", "b", length), Confusion("x", "", 1)]
