"""Dividing groups of labelled rows into train and val so that the same seed always divides alike.

Each group is assigned by a hash of its key and the seed, never by its place in a list: rows that are added later do
not move the others. The shares are met on average, not to the row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from ocrflow.data.labels import Row

SCALE = 2**64


def place_of(group: str, seed: int) -> int:
    """Where `group` stands between 0 and 2**64: train has the lower ones."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{group}".encode("utf-8", "surrogatepass")).digest()[:8])


def in_train(group: str, seed: int, train_percent: int) -> bool:
    """Whether the rows of `group` belong to train."""
    return place_of(group, seed) * 100 < train_percent * SCALE


def divide(rows: Iterable[Row], of_row: Sequence[int], train: Sequence[bool]) -> tuple[list[Row], list[Row]]:
    """Train and val rows in the given order.

    Args:
        rows: all labelled rows.
        of_row: number of each row's group.
        train: whether a group belongs to train, by its number.
    """
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row, group in zip(rows, of_row, strict=True):
        sides[not train[group]].append(row)
    return sides


def split_sha256(train_file: Path, val_file: Path) -> str:
    """Hex SHA-256 over the bytes of both lists with a zero byte between them."""
    return hashlib.sha256(train_file.read_bytes() + b"\0" + val_file.read_bytes()).hexdigest()
