"""The first few of very many, without holding or sorting all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Keeps the `most` items with the smallest keys; of equal ones those that came first."""

    def __init__(self, most: int, key: Callable[[T], Any]):
        self.most, self.key = most, key
        self._items: list[tuple[Any, int, T]] = []
        self._count = 0

    def add(self, item: T) -> None:
        """Look at one more item."""
        self._items.append((self.key(item), self._count, item))
        self._count += 1
        if len(self._items) >= 2 * self.most + 64:
            self._cut()

    @property
    def items(self) -> list[T]:
        """The kept ones, smallest key first."""
        self._cut()
        return [item for _, _, item in self._items]

    def _cut(self) -> None:
        self._items = sorted(self._items, key=lambda entry: entry[:2])[: self.most]
