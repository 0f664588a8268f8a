"""Making things ahead of their use, in a thread."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator
from typing import TypeVar

END_S = 5.0  # how long closing waits for the item that the thread is making
T = TypeVar("T")


def made_ahead(items: Generator[T, None, None], count: int) -> Generator[T, None, None]:
    """The items, up to `count` of them made ahead by a thread; an error in making them is raised here.

    Closing this generator ends the thread, which closes `items`.
    """
    made: queue.Queue[T | _End] = queue.Queue(count)
    stopped = threading.Event()

    def put(item: T | _End) -> None:
        while not stopped.is_set():
            with contextlib.suppress(queue.Full):
                made.put(item, timeout=0.1)
                return

    def work() -> None:
        try:
            with contextlib.closing(items):
                for item in items:
                    put(item)
                    if stopped.is_set():
                        return
            put(_End(None))
        except BaseException as error:  # handed to the consumer, who raises it
            put(_End(error))

    thread = threading.Thread(target=work, daemon=True, name="batches")
    thread.start()
    try:
        while not isinstance(item := made.get(), _End):
            yield item
        if item.error:
            raise item.error
    finally:
        stopped.set()
        thread.join(END_S)


class _End:
    """Nothing more comes, because of `error` if there is one."""

    def __init__(self, error: BaseException | None):
        self.error = error
