"""Dividing labelled rows into train and val so that the same seed always divides alike.

Each image is assigned by a hash of its own content and the seed, never by its place in a list: rows that are added
later do not move the others, and copies of an image stay together. The shares are met on average, not to the row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from ocrflow.data.labels import Row


def in_train(group: str, seed: int, train_percent: int) -> bool:
    """Whether the rows of `group` belong to train."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    return int.from_bytes(digest[:8]) * 100 < train_percent * 2**64


def divide(
    rows: Iterable[Row], group_of: Mapping[str, str], seed: int, train_percent: int
) -> tuple[list[Row], list[Row]]:
    """Train and val rows in the given order.

    Args:
        rows: all labelled rows.
        group_of: what must not be parted, by image path; the MD5 of the image's bytes.
        seed: another seed, another division.
        train_percent: share of train, 0 to 100.
    """
    train: list[Row] = []
    val: list[Row] = []
    for row in rows:
        (train if in_train(group_of[row.image], seed, train_percent) else val).append(row)
    return train, val


def split_sha256(train_file: Path, val_file: Path) -> str:
    """Hex SHA-256 over the bytes of both lists with a zero byte between them."""
    return hashlib.sha256(train_file.read_bytes() + b"\0" + val_file.read_bytes()).hexdigest()


def characters_only_in(rows: Iterable[Row], others: Iterable[Row]) -> list[str]:
    """The characters that labels of `rows` have and labels of `others` have not, sorted."""
    return sorted({char for row in rows for char in row.text} - {char for row in others for char in row.text})
