"""Dividing rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.labels import Row
from ocrflow.data.split import characters_only_in, divide, split_sha256

ROWS = [Row(f"i{n}.png", "x", n) for n in range(1, 2001)]
GROUPS = {row.image: row.image for row in ROWS}


@pytest.mark.parametrize("percent", [5, 50, 80])
def test_the_share_is_met_on_average(percent: int) -> None:
    train, val = divide(ROWS, GROUPS, 0, percent)
    assert len(train) / 2000 == pytest.approx(percent / 100, abs=0.04)
    assert sorted([*train, *val], key=lambda row: row.line) == ROWS


def test_same_seed_same_division_another_seed_another() -> None:
    assert divide(ROWS, GROUPS, 1, 80) == divide(ROWS, GROUPS, 1, 80)
    assert divide(ROWS, GROUPS, 1, 80) != divide(ROWS, GROUPS, 2, 80)


def test_added_rows_and_another_order_move_nothing() -> None:
    half = set(divide(ROWS[:1000], GROUPS, 0, 80)[0])
    assert set(divide(ROWS[::-1], GROUPS, 0, 80)[0]) & set(ROWS[:1000]) == half


def test_a_group_is_never_parted() -> None:
    groups = {row.image: f"md5 {row.line % 20}" for row in ROWS}
    train, val = divide(ROWS, groups, 0, 50)
    assert train and val
    assert not {groups[row.image] for row in train} & {groups[row.image] for row in val}


def test_the_hash_tells_the_lists_apart(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("one")
    b.write_text("two")
    assert split_sha256(a, b) != split_sha256(b, a)


def test_characters_only_in() -> None:
    assert characters_only_in([Row("a", "abc", 1)], [Row("b", "bd", 1)]) == ["a", "c"]
