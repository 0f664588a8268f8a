"""Dividing so that lengths are balanced and train has all characters."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrflow.data.stratify import divide_stratified

Data = tuple[list[int], list[tuple[str, ...]]]


@st.composite
def grouped_labels(draw: st.DrawFn) -> Data:
    """Rows of up to 12 groups, each row with up to three labels."""
    texts = st.lists(st.text("abcdefghäß中", max_size=6), max_size=3).map(tuple)
    labels = draw(st.lists(texts, min_size=1, max_size=40))
    number = draw(st.integers(1, min(12, len(labels))))
    more = len(labels) - number
    others = draw(st.lists(st.integers(0, number - 1), min_size=more, max_size=more))
    return [*range(number), *others], labels


def characters(data: Data, train: list[bool], side: bool) -> set[str]:
    return {char for group, texts in zip(*data, strict=True) if train[group] == side for text in texts for char in text}


@given(grouped_labels(), st.integers(0, 5), st.integers(1, 99))
def test_no_character_exists_only_in_val(data: Data, seed: int, percent: int) -> None:
    keys = [f"key {number}" for number in range(max(data[0]) + 1)]
    train = divide_stratified(keys, *data, seed, percent)
    assert len(train) == len(keys)
    assert characters(data, train, False) <= characters(data, train, True)


@given(grouped_labels(), st.randoms())
def test_the_order_of_rows_and_groups_does_not_matter(data: Data, shuffler: random.Random) -> None:
    number = max(data[0]) + 1
    keys = [f"key {group}" for group in range(number)]
    train = divide_stratified(keys, *data, 0, 70)
    renumbered = list(range(number))
    shuffler.shuffle(renumbered)
    rows = [(renumbered[group], texts) for group, texts in zip(*data, strict=True)]
    shuffler.shuffle(rows)
    other_keys = [keys[renumbered.index(group)] for group in range(number)]
    again = divide_stratified(other_keys, [group for group, _ in rows], [texts for _, texts in rows], 0, 70)
    assert [again[renumbered[group]] for group in range(number)] == train


def many_labels(number: int) -> list[tuple[str, ...]]:
    chooser = random.Random(4)
    lengths = [chooser.choice((1, 3, 6, 12, 25)) for _ in range(number)]
    return [("".join(chooser.choices(string.ascii_lowercase, k=length)),) for length in lengths]


@pytest.mark.parametrize("percent", [50, 80, 95])
def test_each_length_is_shared_out(percent: int) -> None:
    labels = many_labels(2000)
    keys = [f"key {number}" for number in range(2000)]
    train = divide_stratified(keys, range(2000), labels, 0, percent)
    assert sum(train) == pytest.approx(20 * percent, abs=1)
    for length in (1, 3, 6, 12, 25):
        of_length = [train[number] for number in range(2000) if len(labels[number][0]) == length]
        assert sum(of_length) == pytest.approx(len(of_length) * percent / 100, abs=2)


def test_added_rows_move_few_others() -> None:
    labels = many_labels(2200)
    keys = [f"key {number}" for number in range(2200)]
    before = divide_stratified(keys[:2000], range(2000), labels[:2000], 0, 80)
    after = divide_stratified(keys, range(2200), labels, 0, 80)
    assert sum(one != other for one, other in zip(before, after[:2000], strict=True)) < 60


def test_the_only_group_with_a_character_goes_to_train_within_the_share() -> None:
    labels = [("aa",)] * 90 + [(f"a{chr(0x4E00 + number)}",) for number in range(10)]
    train = divide_stratified([f"key {number}" for number in range(100)], range(100), labels, 0, 50)
    assert all(train[90:]) and sum(train) == 50


def test_groups_are_not_parted_and_count_by_rows() -> None:
    of_row = [0] * 40 + list(range(1, 61))
    train = divide_stratified([f"key {number}" for number in range(61)], of_row, [("abc",)] * 100, 0, 80)
    assert sum(train[group] for group in of_row) in range(60, 100)


def test_no_label_at_all() -> None:
    assert len(divide_stratified(["a", "b"], [0, 1], [(), ()], 0, 50)) == 2
