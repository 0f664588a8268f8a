"""Going on from a checkpoint, or refusing to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import paddle
from paddle import nn

from ocrflow.errors import UsageError
from ocrflow.training.average import Average
from ocrflow.training.identity import require_same
from ocrflow.training.plan import RunPlan
from ocrflow.training.restoring import read_record, restore
from ocrflow.training.state import State


@dataclass
class Resumed:
    """A checkpoint whose weights and optimizer are in place.

    Attributes:
        moments: the optimizer's state; Paddle does not hand it out before the next step.
        parts: what each process had of its own, in rank order; None when nothing differed.
        names: the other checkpoints that are the same.
        lines: what people should know.
    """

    state: State
    moments: dict[str, Any]
    parts: list[Any] | None
    names: list[str]
    lines: list[str] = field(default_factory=list)


def resume(
    path: str,
    net: nn.Layer,
    optimizer: paddle.optimizer.Optimizer,
    average: Average | None,
    plan: RunPlan,
    about: dict[str, Any],
) -> Resumed:
    """Put the checkpoint at `path` into network, optimizer and averaged weights.

    Args:
        about: what this run would write into a checkpoint: identity, batching, schedule.

    Raises:
        UsageError: it is of another model, dictionary or dataset, or has done more epochs than are planned.
        DataError: one of its files is damaged, or holds something else.
    """
    record = read_record(path)
    same_batches = isinstance(record, dict) and record.get("batching") == about["batching"]
    state = State.of(record, path, plan.steps_per_epoch, same_batches)
    require_same(path, record.get("identity") or {}, about["identity"])
    if state.epoch > plan.epochs:
        message = f"{path} has done {state.epoch} epochs, Train.epochs_iters is {plan.epochs}"
        raise UsageError(message, fix=f"-o Train.epochs_iters={state.epoch + 1} or more")
    restored = restore(path, net, optimizer)
    if average:
        average.set(restored.averaged or net.state_dict())
    lines = [f"going on from {path}, {_place(state, plan)}", *_changes(record, about, same_batches)]
    if restored.averaged and not average:
        lines.append("its averaged weights are dropped: Train.ema is off")
    parts = restored.parts if same_batches and state.epoch_step else None
    return Resumed(state, restored.moments, parts, record.get("names", []), lines)


def _place(state: State, plan: RunPlan) -> str:
    inside = f", step {state.epoch_step} of {plan.steps_per_epoch} of the next" if state.epoch_step else ""
    return f"epoch {state.epoch}{inside}"


def _changes(record: dict[str, Any], about: dict[str, Any], same_batches: bool) -> list[str]:
    lines = []
    if record.get("epoch_step") and not same_batches:
        changed = _difference(record.get("batching", {}), about["batching"])
        lines.append(f"the unfinished epoch begins again, because it is cut into other batches: {changed}")
    changed = _difference(record.get("schedule") or about["schedule"], about["schedule"])
    if changed:
        lines.append(f"the learning rate goes on as the new schedule has it at this step: {changed}")
    return lines


def _difference(was: dict[str, Any], now: dict[str, Any]) -> str:
    return ", ".join(f"{key} {was.get(key)} -> {value}" for key, value in now.items() if was.get(key) != value)
