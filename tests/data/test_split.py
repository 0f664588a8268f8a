"""Dividing groups of rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.labels import Row
from ocrflow.data.split import divide, in_train, split_sha256

KEYS = [f"key {number}" for number in range(2000)]


def train_keys(keys: list[str], seed: int, percent: int) -> set[str]:
    return {key for key in keys if in_train(key, seed, percent)}


@pytest.mark.parametrize("percent", [5, 50, 80])
def test_the_share_is_met_on_average(percent: int) -> None:
    assert len(train_keys(KEYS, 0, percent)) / 2000 == pytest.approx(percent / 100, abs=0.04)


def test_another_seed_divides_otherwise_and_a_larger_share_only_adds() -> None:
    assert train_keys(KEYS, 1, 80) != train_keys(KEYS, 2, 80)
    assert train_keys(KEYS, 1, 70) < train_keys(KEYS, 1, 80)


def test_a_key_always_goes_to_the_same_side() -> None:
    """Data that was split by an older version must be split alike by a newer one."""
    assert [in_train(key, 0, 50) for key in KEYS[:8]] == [False, False, False, True, False, True, False, True]
    assert not in_train("a file name that is not UTF-8: \udcff", 0, 0)


def test_rows_follow_their_group_in_the_given_order() -> None:
    rows = [Row(f"i{number}.png", "x", number) for number in range(6)]
    train, val = divide(rows, [0, 1, 0, 2, 1, 2], [True, False, True])
    assert (train, val) == ([rows[0], rows[2], rows[3], rows[5]], [rows[1], rows[4]])


def test_the_hash_tells_the_lists_apart(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("one")
    b.write_text("two")
    assert split_sha256(a, b) != split_sha256(b, a)
