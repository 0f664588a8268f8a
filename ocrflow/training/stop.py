"""Stopping on Ctrl-C or SIGTERM at the end of a step instead of in the middle of one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ocrflow.errors import OcrflowError


class Interrupted(OcrflowError):
    """The training was asked to stop and did, after saving."""

    exit_code = 130


class StopFlag:
    """Set by the first SIGINT or SIGTERM; a second SIGINT ends the process at once."""

    def __init__(self) -> None:
        self.is_set = False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.is_set and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.is_set = True


@contextmanager
def stop_on_signals() -> Iterator[StopFlag]:
    """Catch SIGINT and SIGTERM inside the block (in the main thread; elsewhere the flag stays unset)."""
    flag = StopFlag()
    before = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, flag._on_signal)
    except ValueError:
        pass
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
