"""Making things ahead in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator

import pytest

from ocrflow.tasks.ahead import made_ahead


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "batches"]


def numbers(made: list[int], count: int = 50, closed: threading.Event | None = None) -> Generator[int, None, None]:
    try:
        for number in range(count):
            made.append(number)
            yield number
    finally:
        if closed:
            closed.set()


def test_all_in_order():
    assert list(made_ahead(numbers([]), 3)) == list(range(50))
    assert not threads()


def test_none_is_an_item():
    assert list(made_ahead((item for item in (None, 0, None)), 2)) == [None, 0, None]


def test_only_a_few_are_made_ahead():
    made: list[int] = []
    items = made_ahead(numbers(made), 4)
    next(items)
    time.sleep(0.3)
    assert 2 <= len(made) <= 6
    items.close()


def test_closing_early_ends_the_thread_and_closes_the_source():
    closed = threading.Event()
    items = made_ahead(numbers([], closed=closed), 4)
    next(items)
    assert threads()
    items.close()
    assert not threads() and closed.is_set()


def test_an_error_is_raised_at_its_place():
    def failing() -> Generator[int, None, None]:
        yield 1
        yield 2
        raise MemoryError("no room")

    items = made_ahead(failing(), 4)
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(MemoryError, match="no room"):
        next(items)
    assert not threads()
