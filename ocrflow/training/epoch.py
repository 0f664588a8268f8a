"""One epoch: its steps, and what happens between and after them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

from ocrflow.errors import OcrflowError
from ocrflow.progress import Advance, track
from ocrflow.training.exporting import export
from ocrflow.training.live import LiveLine
from ocrflow.training.stop import Interrupted, StopFlag

if TYPE_CHECKING:
    from ocrflow.training.bench import Bench


class Epoch:
    """The next epoch of a training, or the rest of one that was broken off."""

    def __init__(self, bench: Bench, stop: StopFlag):
        self.bench, self.state, self.stop = bench, bench.state, stop
        self.number = self.state.epoch + 1
        seconds_left = bench.watch.budget_s - bench.watch.seconds
        steps_left = bench.plan.total_steps - self.state.step
        self.live = LiveLine(steps_left, bench.scorer.text, seconds_left)
        self._start = time.monotonic()

    def run(self) -> str:
        """Train to the epoch's end; returns what ended the training before that, or an empty string."""
        bench, state = self.bench, self.state
        plan = bench.task.plan(self.number)
        size = bench.settings.accumulate
        rest, count = plan[state.epoch_step * size :], -(-len(plan) // size)
        with (
            track(f"epoch {self.number}/{bench.plan.epochs}", sum(map(len, rest))) as advance,
            closing(bench.task.batches(rest, self.number, bench.ranks)) as batches,
        ):
            ended_by = self._steps(batches, count, advance)
        if not ended_by:
            self._finished()
        return ended_by

    def _steps(self, batches: Iterator[Any], count: int, advance: Advance) -> str:
        bench, state = self.bench, self.state
        bench.frozen.train()
        while state.epoch_step < count:
            ended_by = bench.ended_by() or self._look()
            if ended_by:
                return ended_by
            step = list(islice(batches, bench.settings.accumulate))
            if not step:
                raise OcrflowError(f"epoch {self.number}: no more batches after {state.epoch_step} of {count} steps")
            self._learn(step, bench.stepper.step(step, state.step), advance)
            if state.step in bench.plan.evaluations and state.epoch_step < count and not bench.ended_by():
                self._evaluate_between()
        return ""

    def _learn(self, step: list[Any], loss: float, advance: Advance) -> None:
        """Take over the outcome of a step."""
        bench, state = self.bench, self.state
        rows = sum(batch.global_size for batch in step)
        state.step, state.epoch_step = state.step + 1, state.epoch_step + 1
        state.epoch_rows, state.epoch_loss = state.epoch_rows + rows, state.epoch_loss + loss * rows
        if bench.average:
            bench.average.update(state.step)
        rate = bench.optimizer.get_lr()
        if bench.ranks.first:
            advance(rows, note=self.live.step(rows, state.epoch_loss / state.epoch_rows, rate))
        if bench.journal and state.step % bench.settings.log_interval == 0:
            bench.journal.step(self.number, state.step, rate, loss)

    def _look(self) -> str:
        """Act on signals and the clock; returns what ends the training, or an empty string."""
        bench = self.bench
        verdict = bench.watch.look(self.stop)
        if verdict.stop:
            self._stopped()
        if verdict.is_over:
            return f"time_budget: {bench.watch.seconds / 60:.1f} minutes"
        if verdict.save:
            bench.save()
        return ""

    def _stopped(self) -> None:
        """Leave a `latest/` to go on from, and end."""
        bench, state = self.bench, self.state
        if bench.saved_step != state.step:
            bench.save()
        latest = bench.keeper.latest
        held = f"epoch {state.epoch}" + (f" and {state.epoch_step} steps of the next" if state.epoch_step else "")
        message = f"stopped in epoch {self.number} of {bench.plan.epochs}; {latest.parent} holds {held}"
        if bench.journal:
            bench.journal.line(message)
            export(bench.task, bench.net, latest.parent)
        raise Interrupted(message, fix=f"go on with -o Train.resume_path={latest}")

    def _evaluate_between(self) -> None:
        bench, state = self.bench, self.state
        is_best = bench.evaluate()
        self.live.evaluated(bench.scorer.text, bench.scorer.seconds)
        if bench.journal:
            done = round(state.epoch + state.epoch_step / bench.plan.steps_per_epoch, 6)
            bench.journal.evaluation({"epoch": done, "step": state.step, **bench.scorer.metrics})
        bench.save(is_best=is_best)
        bench.frozen.train()

    def _finished(self) -> None:
        """The epoch is complete: evaluate it if that is planned, tell and save."""
        bench, state = self.bench, self.state
        loss, images_per_s = bench.epoch_loss(), self.live.images_per_s
        state.begin_next_epoch()
        is_best = False
        if state.step in bench.plan.evaluations:
            is_best = bench.evaluate()
        else:
            bench.share_statistics()
        if bench.journal:
            numbers = {"loss": loss, "learning_rate": bench.optimizer.get_lr(), **bench.scorer.metrics}
            speed = {"samples_per_s": images_per_s, "seconds": time.monotonic() - self._start}
            bench.journal.epoch({"epoch": state.epoch, "step": state.step, **numbers, **speed})
        is_due = state.epoch % bench.settings.save_interval == 0 or state.epoch == bench.plan.epochs
        if is_best or is_due:
            bench.save(is_best=is_best, is_periodic=is_due)
