"""The training loop, the same for every task, device and number of processes.

Every epoch: all global batches, an evaluation of all validation rows, a checkpoint. The best epoch by the task's main
metric is kept in `best_accuracy/`, the last one in `latest/`; both get their inference model at the end.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paddle
from paddle import nn

from ocrflow.config import TrainSection
from ocrflow.errors import OcrflowError, OutsideError
from ocrflow.nets.weights import read_weights
from ocrflow.progress import Advance, track
from ocrflow.training import checkpoint
from ocrflow.training.journal import Journal
from ocrflow.training.ranks import Ranks
from ocrflow.training.schedule import learning_rate
from ocrflow.training.stop import Interrupted, StopFlag, stop_on_signals
from ocrflow.training.task import TrainingTask


STEPS_BETWEEN_STOP_CHECKS = 4  # the processes agree on stopping only this often; every time costs a message


@dataclass
class State:
    """How far the training is: finished epochs, finished steps, the numbers of the best and the last evaluated epoch."""

    epoch: int = 0
    step: int = 0
    best: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)


class Training:
    """One run of one task. Rank 0 writes below `output`."""

    def __init__(self, task: TrainingTask, settings: TrainSection, output: Path, journal: Journal | None, ranks: Ranks):
        self.task, self.settings, self.output, self.journal, self.ranks = task, settings, output, journal, ranks
        paddle.seed(settings.seed)
        self.net, self.weights_report = task.build()
        self.optimizer = paddle.optimizer.Adam(
            settings.learning_rate,
            parameters=self.net.parameters(),
            weight_decay=paddle.regularizer.L2Decay(settings.weight_decay),
            grad_clip=nn.ClipGradByGlobalNorm(settings.grad_clip_norm),
        )
        self.state = State()
        if settings.resume_path:
            saved = checkpoint.restore(settings.resume_path, self.net, self.optimizer)
            self.state = State(saved["epoch"], saved["global_step"], saved["best_model_dict"], saved["last_model_dict"])
        self.parallel = ranks.parallel(self.net)
        self.steps_per_epoch = len(task.plan(1))
        self.total_steps = self.steps_per_epoch * settings.epochs_iters

    def run(self) -> dict[str, Any]:
        """Train to the end.

        Returns:
            Baseline and best metrics, the epochs done and the seconds taken.

        Raises:
            Interrupted: SIGINT or SIGTERM came; `latest/` holds the weights of that moment.
            OutsideError: the loss is not a number any more, or the disk failed.
        """
        start = time.monotonic()
        baseline = self._baseline()
        with stop_on_signals() as stop:
            for epoch in range(self.state.epoch + 1, self.settings.epochs_iters + 1):
                self._epoch(epoch, stop)
        self._export()
        return {"baseline": baseline, "best": self.state.best, "last": self.state.last, "seconds": round(time.monotonic() - start, 1)}

    def _baseline(self) -> dict[str, float]:
        metrics = self.task.evaluate(self.net, self.ranks)
        if self.journal and not self.state.epoch:
            self.journal.epoch({"epoch": 0, "step": 0, **metrics})
        return metrics

    def _epoch(self, epoch: int, stop: StopFlag) -> None:
        start = time.monotonic()
        plan = self.task.plan(epoch)
        total = sum(len(batch) for batch in plan)
        with track(f"epoch {epoch}/{self.settings.epochs_iters}", total if self.ranks.first else 0) as advance:
            loss = self._steps(epoch, plan, advance, stop)
        seconds = time.monotonic() - start
        evaluates = epoch % self.settings.eval_interval == 0 or epoch == self.settings.epochs_iters
        metrics = self.task.evaluate(self.net, self.ranks) if evaluates else {}
        self.state.epoch = epoch
        is_best = bool(metrics) and metrics[self.task.main_metric] >= self.state.best.get(self.task.main_metric, -1.0)
        if metrics:
            self.state.last = {"epoch": epoch, **metrics}
        if is_best:
            self.state.best = self.state.last
        if self.journal:
            rate = self.optimizer.get_lr()
            record = {"epoch": epoch, "step": self.state.step, "loss": loss, "learning_rate": rate, **metrics}
            self.journal.epoch(record | {"samples_per_s": total / seconds, "seconds": time.monotonic() - start})
            self._save(is_best, epoch % self.settings.save_interval == 0 or epoch == self.settings.epochs_iters)
            shown = ", ".join(f"{key} {value:.4f}" for key, value in metrics.items())
            print(f"epoch {epoch}/{self.settings.epochs_iters}: loss {loss:.4f}, {shown}, {total / seconds:.0f} images/s")

    def _steps(self, epoch: int, plan: list[Any], advance: Advance, stop: StopFlag) -> float:
        self.parallel.train()
        losses, rows = 0.0, 0
        for batch in self.task.batches(plan, epoch, self.ranks):
            loss = self._step(batch)
            losses, rows = losses + loss * batch.global_size, rows + batch.global_size
            if self.ranks.first:
                advance(batch.global_size, note=f"loss {losses / rows:.3f}")
            if self.journal and self.state.step % self.settings.log_interval == 0:
                done = f"epoch: [{epoch}/{self.settings.epochs_iters}], global_step: {self.state.step}"
                self.journal.line(f"{done}, lr: {self.optimizer.get_lr():.6f}, loss: {loss:.6f}")
            if self.state.step % STEPS_BETWEEN_STOP_CHECKS == 0 and self.ranks.any(stop.is_set):
                self._interrupted(epoch)
        return losses / max(rows, 1)

    def _step(self, batch: Any) -> float:
        warmup_steps = round(self.settings.warmup_epochs * self.steps_per_epoch)
        rate = learning_rate(self.state.step, self.settings.learning_rate, warmup_steps, self.total_steps)
        self.optimizer.set_lr(rate)
        loss = self.task.loss(self.parallel, batch, self.ranks)
        value = float(loss)
        if not math.isfinite(value):
            fix = "lower Train.learning_rate; run ocrflow check-dataset"
            raise OutsideError(f"the loss is {value} at step {self.state.step}", fix=fix)
        loss.backward()
        self.optimizer.step()
        self.optimizer.clear_grad()
        self.state.step += 1
        return value

    def _save(self, is_best: bool, is_due: bool) -> None:
        if is_best:
            checkpoint.save(self.output, checkpoint.BEST, self.net, self.optimizer, self._saved_state())
        if is_due:
            checkpoint.save(self.output, checkpoint.LATEST, self.net, self.optimizer, self._saved_state())

    def _saved_state(self) -> dict[str, Any]:
        done = {"epoch": self.state.epoch, "global_step": self.state.step, "facts": self.task.facts()}
        return {**done, "best_model_dict": self.state.best, "last_model_dict": self.state.last}

    def _interrupted(self, epoch: int) -> None:
        where = self.output / checkpoint.LATEST
        if self.journal:
            self.state.step = self.state.epoch * self.steps_per_epoch  # a resumed run repeats the broken epoch
            self._save(is_best=False, is_due=True)
            self.task.export(self.net, where / "inference")
            self.journal.line(f"stopped by a signal in epoch {epoch}")
        fix = f"go on with -o Train.resume_path={where / 'latest.pdparams'}"
        raise Interrupted(f"stopped in epoch {epoch} of {self.settings.epochs_iters}; {where} is complete", fix=fix)

    def _export(self) -> None:
        if not self.ranks.first:
            return
        self.task.export(self.net, self.output / checkpoint.LATEST / "inference")
        best = self.output / checkpoint.BEST
        if not (best / f"{checkpoint.BEST}.pdparams").is_file():
            raise OcrflowError(f"{best} was not written", fix="remove the output folder and train again")
        self.net.set_state_dict(read_weights(str(best / f"{checkpoint.BEST}.pdparams")).tensors)
        self.task.export(self.net, best / "inference")
