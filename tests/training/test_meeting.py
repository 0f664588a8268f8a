"""Where processes wait for one another; here threads with the connections of two processes."""

from __future__ import annotations

import threading
import time
from multiprocessing import Pipe

import pytest

from ocrflow.training import meeting as module
from ocrflow.training.meeting import KEY, Meeting, PeerGone


@pytest.fixture
def three():
    """The meetings of three processes."""
    pairs = [Pipe() for _ in range(2)]
    return [Meeting(0, [mine for mine, _ in pairs]), *(Meeting(1 + at, [its]) for at, (_, its) in enumerate(pairs))]


def exchanged(meetings, values, delays=(0, 0, 0)) -> list[list]:
    found: list[list] = [[]] * len(meetings)

    def run(at: int) -> None:
        time.sleep(delays[at])
        found[at] = meetings[at].exchange(values[at])

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(meetings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return found


def test_all_know_all_values_in_order(three):
    values = [{"a": "ß"}, [1, 2.5], None]
    for _ in range(2):
        assert exchanged(three, values) == [values] * 3


@pytest.mark.parametrize("late", range(3))
def test_whoever_is_late_the_others_wait(three, late):
    start = time.monotonic()
    assert exchanged(three, "abc", [0.5 * (at == late) for at in range(3)]) == [list("abc")] * 3
    assert time.monotonic() - start >= 0.5


@pytest.mark.parametrize("gone", range(3))
def test_a_process_that_is_gone_ends_the_others(three, gone):
    ended = []

    def run(meeting: Meeting) -> None:
        try:
            meeting.exchange(1)
        except PeerGone:
            ended.append(meeting.rank)
            for other in meeting.others:  # as the end of a process does
                other.close()

    threads = [threading.Thread(target=run, args=(meeting,)) for meeting in three if meeting.rank != gone]
    for thread in threads:
        thread.start()
    for other in three[gone].others:
        other.close()
    for thread in threads:
        thread.join(10)
    assert sorted(ended) == [rank for rank in range(3) if rank != gone]


def test_the_key_is_that_of_the_command(monkeypatch):
    monkeypatch.delenv(KEY, raising=False)
    assert module._key("0a0b") == b"\x0a\x0b"
    monkeypatch.setenv(KEY, "ff")
    assert module._key("-") == b"\xff"
