"""The samples of a training, made ahead by a thread or by processes: the same either way.

A recipe has `make(job)`, a job has a `name`, and both can be pickled. A worker is a new Python process that never
imports Paddle: forking a process that has Paddle's threads may hang. Jobs and samples go through pipes, nothing into
/dev/shm.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

from ocrflow.tasks.ahead import made_ahead
from ocrflow.tasks.data_worker import DataWorker

PREFETCHED = 4  # batches made ahead of the training
T = TypeVar("T")


class SampleLoader:
    """Makes what a recipe makes of lists of jobs.

    Args:
        recipe: how a sample is made.
        workers: processes; 0: the thread that makes the batches makes their samples too.
    """

    def __init__(self, recipe: Any, workers: int):
        self.recipe, self.workers = recipe, workers
        self._running: list[DataWorker] = []
        weakref.finalize(self, _end, self._running)

    def batches(
        self, parts: Sequence[Sequence[Any]], batch_of: Callable[[int, list[Any]], T]
    ) -> Generator[T, None, None]:
        """One batch a list of jobs, in order, a few of them made ahead. Closing the generator ends the thread.

        Args:
            batch_of: makes a batch of the place of its list in `parts` and the list's samples.

        Raises:
            DataError: a sample cannot be made; names it. OutsideError: a worker was ended.
        """
        return made_ahead(self._batches(parts, batch_of), PREFETCHED)

    def close(self) -> None:
        """End the workers; the next call of `batches` would start new ones."""
        _end(self._running)

    def _batches(
        self, parts: Sequence[Sequence[Any]], batch_of: Callable[[int, list[Any]], T]
    ) -> Generator[T, None, None]:
        made = self._by_workers(parts) if self.workers else ([self.recipe.make(job) for job in part] for part in parts)
        with contextlib.closing(made):
            for place, samples in enumerate(made):
                yield batch_of(place, samples)

    def _by_workers(self, parts: Sequence[Sequence[Any]]) -> Generator[list[Any], None, None]:
        """Part i goes to worker i modulo their number, as soon as it has sent all of its last part."""
        while len(self._running) < self.workers:
            self._running.append(DataWorker(self.recipe))
        workers, count, finished = self._running, len(self._running), False
        try:
            for worker, part in zip(workers, parts, strict=False):
                worker.ask(part)
            for number, part in enumerate(parts):
                worker = workers[number % count]
                samples = [worker.answer() for _ in part]
                if number + count < len(parts):
                    worker.ask(parts[number + count])
                yield samples
            finished = True
        finally:
            if not finished:  # some have answers left that nobody will take
                self.close()


def _end(workers: list[DataWorker]) -> None:
    while workers:
        workers.pop().end()
