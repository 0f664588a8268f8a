"""What the processes agree on between two steps."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ocrflow.training import watch as module
from ocrflow.training.ranks import Ranks
from ocrflow.training.stop import StopFlag
from ocrflow.training.watch import Verdict, Watch


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: now.seconds)
    return now


@pytest.fixture
def stop():
    return StopFlag()


class Pair:
    """Two processes that look at the same time; the other's answer is set by the test."""

    count, first = 2, True

    def __init__(self):
        self.other, self.messages = (False, False, False, 0.0), 0

    def gather(self, mine):
        self.messages += 1
        return [mine, self.other]


def test_alone_it_looks_every_time(clock, stop):
    watch = Watch(Ranks(), 0.0, None)
    assert watch.look(stop) == watch.look(stop) == Verdict()
    stop.is_set = True
    assert watch.look(stop) == Verdict(stop=True)


def test_the_budget_counts_earlier_runs(clock, stop):
    watch = Watch(Ranks(), seconds=50.0, budget_min=1.0)
    clock.seconds += 9.9
    assert watch.look(stop) == Verdict() and watch.seconds == pytest.approx(59.9)
    clock.seconds += 0.1
    assert watch.look(stop) == Verdict(is_over=True)


def test_a_checkpoint_is_due_after_a_while(clock, stop):
    watch = Watch(Ranks(), 0.0, None)
    clock.seconds += module.SECONDS_BETWEEN_SAVES
    assert watch.look(stop) == Verdict(save=True)
    watch.saved()
    assert watch.look(stop) == Verdict()


def test_a_signal_counts_whichever_process_it_came_to_the_clock_is_the_first_ones(clock, stop):
    ranks = Pair()
    watch = Watch(ranks, 0.0, 1.0)
    ranks.other = (False, True, True, 0.0)
    assert watch.look(stop) == Verdict()
    ranks.other = (True, False, False, 0.0)
    clock.seconds += 10
    assert any(watch.look(stop) == Verdict(stop=True) for _ in range(3))


@pytest.mark.parametrize(("step_s", "most"), [(0.01, 40), (0.3, 60), (5.0, 100)])
def test_messages_are_rare_and_never_far_apart(clock, stop, step_s, most):
    ranks = Pair()
    watch, last, gaps = Watch(ranks, 0.0, None), 0, []
    since = clock.seconds
    for _ in range(100):
        clock.seconds += step_s
        watch.look(stop)
        if ranks.messages > last:
            gaps.append(clock.seconds - since)
            last, since = ranks.messages, clock.seconds
    assert ranks.messages <= most
    assert max(gaps) <= max(2 * module.SECONDS_BETWEEN_MESSAGES, step_s * 1.01)


def test_both_speak_after_the_same_steps(clock, stop):
    """What decides on the next time is known to both, though their clocks differ."""
    spoken = []
    for speed in (0.02, 0.05):
        ranks, steps = Pair(), []
        ranks.gather = lambda mine: [(*mine[:3], 0.2), (*mine[:3], 0.1)]
        watch = Watch(ranks, 0.0, None)
        for _ in range(40):
            clock.seconds += speed
            before = watch._looked
            watch.look(stop)
            steps.append(watch._looked != before)
        spoken.append(steps)
    assert spoken[0] == spoken[1] and 3 < sum(spoken[0]) < 30
