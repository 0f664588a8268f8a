"""The first few of very many."""

from __future__ import annotations

import random

from ocrflow.report.page.kept import Kept


def test_the_smallest_in_order() -> None:
    numbers = list(range(10_000))
    random.Random(1).shuffle(numbers)
    kept = Kept[int](5, lambda number: number)
    for number in numbers:
        kept.add(number)
        assert len(kept._items) < 2 * 5 + 65, "no more are held"
    assert kept.items == [0, 1, 2, 3, 4]


def test_of_equals_the_first() -> None:
    kept = Kept[dict[str, int]](2, lambda _: 0)
    for number in range(300):
        kept.add({"n": number})
    assert kept.items == [{"n": 0}, {"n": 1}]
    assert Kept[int](3, abs).items == []
