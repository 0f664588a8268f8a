"""Inspecting many image files with all cores, in memory that does not grow with the dataset's bytes."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path

from ocrflow.data import images
from ocrflow.data.fingerprint_cache import FingerprintCache, Stamp
from ocrflow.data.images import ImageFacts
from ocrflow.data.workers import in_order
from ocrflow.progress import Advance, track

_CHUNK = 32
_FEW = 48  # so many images pay for starting processes
Task = tuple[str, str, Stamp | None]  # key, absolute path, stamp


def inspect_all(paths: Mapping[str, Path], label: str) -> dict[str, ImageFacts]:
    """The facts of each file under its key, with progress under `label`.

    Files that the fingerprint cache knows are not read. The others are read by one process a core.

    Raises:
        OutsideError: a process died, as the system ends one that needs too much memory.
    """
    cache = FingerprintCache()
    found: dict[str, ImageFacts] = {}
    with track(label, len(paths)) as advance:
        unknown = list(_unknown(paths, cache, found, advance))
        for (key, path, stamp), facts in _inspected(unknown):
            found[key] = facts
            cache.add(path, stamp, facts)
            advance(1)
    cache.save()
    return found


def _unknown(
    paths: Mapping[str, Path], cache: FingerprintCache, found: dict[str, ImageFacts], advance: Advance
) -> Iterator[Task]:
    """What must be read; what is known already goes into `found`."""
    here = str(Path.cwd())
    for key, path in paths.items():
        absolute = os.path.join(here, path)  # noqa: PTH118 - a Path for each of a million files costs seconds
        facts, stamp = cache.facts(absolute)
        if facts is None:
            yield key, absolute, stamp
        else:
            found[key] = facts
            advance(1)


def _inspected(tasks: list[Task]) -> Iterator[tuple[Task, ImageFacts]]:
    if tasks:
        prepare = partial(_share, multiprocessing.get_context("fork").RLock())
        few = 1 if sys.stderr.isatty() else _FEW  # a live bar writes to the descriptor that the decoders are heard on
        work = in_order(_inspect, (path for _, path, _ in tasks), pool_from=few, chunk=_CHUNK, prepare=prepare)
        with closing(work) as facts:
            yield from zip(tasks, facts, strict=True)


def _inspect(path: str) -> ImageFacts:
    return images.inspect(Path(path))


def _share(heavy_work: AbstractContextManager[object]) -> None:
    """In each process: large images are decoded one at a time among all."""
    images.heavy_work = heavy_work
