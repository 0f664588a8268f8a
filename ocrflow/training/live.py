"""The live line of a training: loss, score, images a second, learning rate, time left."""

from __future__ import annotations

import time


class LiveLine:
    """Says how one epoch goes.

    Args:
        steps_left: of the whole training, at the start of this part of the epoch.
        score: name and value of the last evaluation's main metric; an empty string for none.
        seconds_left: of the time budget.
    """

    def __init__(self, steps_left: int, score: str, seconds_left: float):
        self.steps_left, self.score, self.seconds_left = steps_left, score, seconds_left
        self._start = time.monotonic()
        self._paused = 0.0
        self._steps = self._rows = 0

    @property
    def images_per_s(self) -> float:
        """Rows a second of training, without the evaluations in between."""
        return self._rows / max(time.monotonic() - self._start - self._paused, 1e-9)

    def evaluated(self, score: str, seconds: float) -> None:
        """Show another score; the evaluation's time is not the training's."""
        self.score, self._paused = score, self._paused + seconds

    def step(self, rows: int, loss: float, rate: float) -> str:
        """The line after a step on `rows` images."""
        self._steps, self._rows = self._steps + 1, self._rows + rows
        elapsed = time.monotonic() - self._start
        left = (self.steps_left - self._steps) * (elapsed - self._paused) / self._steps
        shown = clock(min(left, self.seconds_left - elapsed))
        parts = [f"loss {loss:.3f}", self.score, f"{self.images_per_s:.0f} images/s", f"lr {rate:.2g}", f"{shown} left"]
        return ", ".join(part for part in parts if part)


def clock(seconds: float) -> str:
    """Hours, minutes and seconds, as 1:02:03 or 2:03."""
    whole = max(0, round(seconds))
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
