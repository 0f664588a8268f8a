from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from ocrflow.data import workers
from ocrflow.data.workers import in_order


def square(number: int) -> tuple[int, int]:
    time.sleep(0.0005 * (number % 3))
    return number * number, os.getpid()


def fail_at_100(number: int) -> int:
    if number == 100:
        raise OSError(28, "No space left on device")
    return number


def die(number: int) -> int:
    os._exit(9)


@pytest.mark.parametrize("count", [0, 1, 63, 64, 500])
def test_results_come_in_the_order_of_the_jobs(count: int) -> None:
    assert [result for result, _ in in_order(square, range(count))] == [number * number for number in range(count)]


def test_few_jobs_are_done_here_and_many_in_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    assert {pid for _, pid in in_order(square, range(10))} == {os.getpid()}
    assert os.getpid() not in {pid for _, pid in in_order(square, range(200))}


def test_jobs_are_taken_lazily(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    taken = 0

    def jobs() -> Iterator[int]:
        nonlocal taken
        for number in range(100_000):
            taken = number
            yield number

    results = in_order(square, jobs())
    for _ in range(50):
        next(results)
    results.close()
    assert taken < 300


def test_an_error_of_a_job_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    with pytest.raises(OSError, match="No space left"):
        list(in_order(fail_at_100, range(300)))


def test_a_process_that_dies_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    with pytest.raises(workers.OutsideError, match="ended by the system"):
        list(in_order(die, range(100)))
