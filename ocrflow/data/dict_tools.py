"""Making and extending dictionaries from labels: which characters, in which order, how often each occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ocrflow.data.dict_labels import LabelList
from ocrflow.data.dictionary import SPACE
from ocrflow.errors import UsageError

Order = Literal["code_point", "frequency"]


@dataclass(frozen=True)
class Usage:
    """How often a character occurs in labels, in how many rows, and file:line of the first."""

    times: int
    rows: int
    first: str


def usage_of(lists: Sequence[LabelList]) -> dict[str, Usage]:
    """The usage of each character but the space, in the order of their first occurrence."""
    times: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    first: dict[str, str] = {}
    for labels in lists:
        for row in labels.rows:
            times.update(row.text)
            distinct = set(row.text)
            rows.update(distinct)
            if not distinct <= first.keys():
                first |= {char: f"{labels.file}:{row.line}" for char in row.text if char not in first}
    return {char: Usage(times[char], rows[char], place) for char, place in first.items() if char != SPACE}


def ordered(usage: Mapping[str, Usage], order: str) -> list[str]:
    """The characters by code point, or the most frequent first (equally frequent ones by code point).

    Raises:
        UsageError: no such order.
    """
    if order not in get_args(Order):
        raise UsageError(f"no order {order!r}", fix=f"--order {' or --order '.join(get_args(Order))}")
    if order == "frequency":
        return sorted(usage, key=lambda char: (-usage[char].times, char))
    return sorted(usage)


def rows_with(lists: Sequence[LabelList], characters: Collection[str]) -> list[str]:
    """file:line of each row whose label has one of the characters."""
    wanted = frozenset(characters)
    return [f"{labels.file}:{row.line}" for labels in lists for row in labels.rows if not wanted.isdisjoint(row.text)]


def rarer_than(usage: Mapping[str, Usage], min_count: int) -> dict[str, Usage]:
    """Those that occur fewer than `min_count` times.

    Raises:
        UsageError: `min_count` is below 1.
    """
    if min_count < 1:
        raise UsageError(f"--min-count {min_count}: expected 1 or more", fix="--min-count 1 keeps every character")
    return {char: found for char, found in usage.items() if found.times < min_count}


def extension(dictionary: Sequence[str], usage: Mapping[str, Usage], order: str) -> list[str]:
    """The characters of the labels that a dictionary lacks, in the order in which they are appended."""
    known = frozenset(dictionary)
    return ordered({char: found for char, found in usage.items() if char not in known}, order)
