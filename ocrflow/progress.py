"""Progress of long work: a live bar on a terminal, a line every few seconds elsewhere. All of it goes to stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

SECONDS_BETWEEN_LINES = 10.0


class Advance(Protocol):
    """Called with the number of items just done and a short note to show."""

    def __call__(self, items: int = 1, note: str = "") -> None: ...


@contextmanager
def track(label: str, total: int) -> Iterator[Advance]:
    """Show the progress of `total` items (0: nobody knows) under `label`; yields the function that advances it."""
    if sys.stderr.isatty():
        with _bar(label, total) as advance:
            yield advance
    else:
        lines = _Lines(label, total)
        yield lines
        lines.end()


@contextmanager
def _bar(label: str, total: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = ("{task.description:<14}", BarColumn(30), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[note]}"), console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=total or None, note="")
        yield lambda items=1, note="": bar.update(task, advance=items, **({"note": note} if note else {}))


class _Lines:
    """Plain lines for logs: at most one every `SECONDS_BETWEEN_LINES`; when there was one, also the end."""

    def __init__(self, label: str, total: int):
        self.label, self.total, self.done = label, total, 0
        self.start = self.last = time.monotonic()
        self.note = ""

    def __call__(self, items: int = 1, note: str = "") -> None:
        self.done += items
        self.note = note or self.note
        now = time.monotonic()
        if now - self.last >= SECONDS_BETWEEN_LINES:
            self.last = now
            self._print(now)

    def end(self) -> None:
        """Say how long it took."""
        if self.last > self.start:
            self._print(time.monotonic(), ended=True)

    def _print(self, now: float, ended: bool = False) -> None:
        rate = self.done / max(now - self.start, 1e-9)
        parts = [f"{self.done}/{self.total}" if self.total else str(self.done), f"{rate:.1f}/s"]
        if ended:
            parts.append(f"took {now - self.start:.0f} s")
        elif self.total and self.done:
            parts.append(f"{(self.total - self.done) / rate:.0f} s left")
        print(f"{self.label}: {', '.join(parts)} {self.note}".rstrip(), file=sys.stderr, flush=True)
