"""Doing many jobs with all cores, with the results in the order of the jobs and only some of them in memory."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing.synchronize import Event
from typing import TypeVar

import cv2

from ocrflow.errors import OutsideError

POOL_FROM = 64
CHUNK = 8
_PR_SET_PDEATHSIG = 1

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")


def in_order(
    work: Callable[[JobT], ResultT],
    jobs: Iterable[JobT],
    *,
    pool_from: int | None = None,
    chunk: int = CHUNK,
    prepare: Callable[[], None] | None = None,
) -> Generator[ResultT, None, None]:
    """`map(work, jobs)`; from `pool_from` (`POOL_FROM`) jobs on in a process a core.

    The jobs are taken lazily, some dozen ahead of the results. Closing the generator ends the work that is under way;
    when this process is killed, its workers end too.

    Args:
        chunk: jobs that go to a process at once.
        prepare: called first in each process that works.

    Raises:
        OutsideError: the system ended a process, as it does when memory is short.
    """
    cores, pool_from = len(os.sched_getaffinity(0)), pool_from or POOL_FROM
    iterator = iter(jobs)
    first = list(islice(iterator, pool_from))
    if len(first) < pool_from:
        if prepare:
            prepare()
        yield from map(work, first)
        return
    context = multiprocessing.get_context("fork")
    ended = context.Event()
    pool = ProcessPoolExecutor(cores, mp_context=context, initializer=_start, initargs=(os.getpid(), ended, prepare))
    try:
        yield from _pooled(pool, work, chain(first, iterator), chunk)
    except BrokenProcessPool as error:
        fix = "free memory, and run again"
        raise OutsideError("a process that works on pictures was ended by the system", fix=fix) from error
    finally:
        ended.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _pooled(
    pool: ProcessPoolExecutor, work: Callable[[JobT], ResultT], jobs: Iterator[JobT], size: int
) -> Iterator[ResultT]:
    waiting: deque[Future[list[ResultT]]] = deque()
    ahead = 3 * len(os.sched_getaffinity(0))
    while chunk := list(islice(jobs, size)):
        with _interrupts_later():  # the first call starts the processes, which ignore them only then
            waiting.append(pool.submit(_all, work, chunk))
        if len(waiting) >= ahead:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Ctrl-C counts at the end of the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_ended: Event | None = None  # in each process: set when nobody waits for results any more


def _all(work: Callable[[JobT], ResultT], jobs: list[JobT]) -> list[ResultT]:
    return [work(job) for job in jobs if not (_ended and _ended.is_set())]


def _start(parent: int, ended: Event, prepare: Callable[[], None] | None) -> None:
    """Leave Ctrl-C to the parent, end with it, and keep OpenCV from waiting for threads that a fork has not."""
    global _ended
    _ended = ended
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    cv2.setNumThreads(0)
    if prepare:
        prepare()
