"""Between two steps: has a signal come, is the time used up, is a checkpoint due? All processes answer the same."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from ocrflow.training.ranks import Ranks
from ocrflow.training.stop import StopFlag

SECONDS_BETWEEN_SAVES = 600.0  # of `latest/` in a long epoch
SECONDS_BETWEEN_MESSAGES = 1.0  # several processes agree about this often; every time costs a message


@dataclass(frozen=True)
class Verdict:
    """What is to be done now."""

    stop: bool = False
    is_over: bool = False
    save: bool = False


class Watch:
    """Looks after signals and the clock.

    Args:
        seconds: spent by earlier runs of this training.
        budget_min: minutes that the training may take in all; None: no limit.
    """

    def __init__(self, ranks: Ranks, seconds: float, budget_min: float | None):
        self.ranks, self.budget_s = ranks, math.inf if budget_min is None else budget_min * 60
        self._start = time.monotonic() - seconds
        self._saved = self._looked = time.monotonic()
        self._steps_left, self._pace_steps = 0, 1

    @property
    def seconds(self) -> float:
        """The training's time so far, over all runs."""
        return time.monotonic() - self._start

    def saved(self) -> None:
        """A checkpoint was written just now."""
        self._saved = time.monotonic()

    def look(self, stop: StopFlag) -> Verdict:
        """Called after every step; with several processes most calls cost nothing and say that nothing is to be done.

        A signal counts whichever process it came to, the clock is that of rank 0.
        """
        if self._steps_left > 1:
            self._steps_left -= 1
            return Verdict()
        now = time.monotonic()
        mine = (stop.is_set, self.seconds >= self.budget_s, now - self._saved >= SECONDS_BETWEEN_SAVES)
        answers = self.ranks.gather((*mine, now - self._looked))
        if self.ranks.count > 1:
            self._pace(max(seconds for *_, seconds in answers))
        _, is_over, save, _ = answers[0]
        return Verdict(any(stop for stop, *_ in answers), is_over, save)

    def _pace(self, seconds: float) -> None:
        """Choose in how many steps the processes speak again; `seconds`, which all know, is the time since the last."""
        step_s = max(seconds / self._pace_steps, 1e-6)
        self._pace_steps = int(min(max(1.0, SECONDS_BETWEEN_MESSAGES / step_s), 2.0 * self._pace_steps))
        self._steps_left = self._pace_steps
        self._looked = time.monotonic()
