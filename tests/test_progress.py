"""What is seen of long work, on a terminal and in a log."""

from __future__ import annotations

import io
import sys

import pytest

from ocrflow import progress
from ocrflow.progress import track


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fake = Clock()
    monkeypatch.setattr(progress, "time", fake)
    return fake


def run(clock: Clock, total: int, steps: int, step_s: float, note: str = "") -> None:
    with track("work", total) as advance:
        for _ in range(steps):
            clock.now_s += step_s
            advance(note=note)


def test_short_work_is_silent_in_a_log(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    run(clock, total=9, steps=9, step_s=1.0)
    assert capsys.readouterr() == ("", "")


def test_long_work_tells_where_it_is_now_and_then_and_at_the_end(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    run(clock, total=25, steps=25, step_s=1.0, note="acc 0.5")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "work: 10/25, 1.0/s, 15 s left acc 0.5",
        "work: 20/25, 1.0/s, 5 s left acc 0.5",
        "work: 25/25, 1.0/s, took 25 s acc 0.5",
    ]


def test_an_unknown_total(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    run(clock, total=0, steps=2, step_s=8.0)
    assert capsys.readouterr().err.splitlines() == ["work: 2, 0.1/s", "work: 2, 0.1/s, took 16 s"]


def test_several_items_at_once_and_none(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with track("work", 100) as advance:
        clock.now_s += 10
        advance(0)
        clock.now_s += 10
        advance(40, note="half")
        advance(60)
    assert capsys.readouterr().err.splitlines() == [
        "work: 0/100, 0.0/s",
        "work: 40/100, 2.0/s, 30 s left half",
        "work: 100/100, 5.0/s, took 20 s half",
    ]


def test_work_that_fails_does_not_claim_an_end(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), track("work", 2) as advance:
        clock.now_s += 11
        advance()
        raise KeyError
    assert capsys.readouterr().err.splitlines() == ["work: 1/2, 0.1/s, 11 s left"]


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("total", "shown"), [(3, "3/3"), (0, "3/?")])
def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch, total: int, shown: str) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with track("evaluate", total) as advance:
        advance(2)
        advance(note="acc 0.75")
    text = terminal.getvalue()
    assert "evaluate" in text
    assert shown in text
    assert "acc 0.75" in text
