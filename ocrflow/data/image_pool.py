"""Inspecting many image files with all cores, in memory that does not grow with the dataset."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from ocrflow.data.images import ImageFacts, inspect
from ocrflow.errors import OutsideError
from ocrflow.progress import track

POOL_FROM = 500
_CHUNK = 32


def inspect_all(paths: Mapping[str, Path], label: str) -> dict[str, ImageFacts]:
    """The facts of each file under its key, with progress under `label`.

    A few files are read in this process; from `POOL_FROM` on a process a core pays for its start.

    Raises:
        OutsideError: a process died, as the system ends one that needs too much memory.
    """
    cores = len(os.sched_getaffinity(0))
    files = list(paths.values())
    facts = _pooled(files, cores) if len(files) >= POOL_FROM and cores > 1 else map(inspect, files)
    found = {}
    with track(label, len(paths)) as advance:
        for key, fact in zip(paths, facts, strict=True):
            found[key] = fact
            advance(1)
    return found


def _pooled(paths: list[Path], processes: int) -> Iterator[ImageFacts]:
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_ignore_interrupt) as pool:
        try:
            yield from pool.map(inspect, paths, chunksize=_CHUNK)
        except BrokenProcessPool as error:
            fix = "free memory, and run again"
            raise OutsideError("a process that decodes images was ended by the system", fix=fix) from error


def _ignore_interrupt() -> None:
    """Let Ctrl-C end the parent alone, which then ends its processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
