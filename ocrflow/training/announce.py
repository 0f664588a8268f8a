"""What a training says before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocrflow.config import RunConfig
from ocrflow.data.lists import recorded

if TYPE_CHECKING:
    from ocrflow.training.loop import Training


def announcement(config: RunConfig, training: Training, facts: dict[str, Any]) -> list[str]:
    """What a training says before it begins."""
    bench, plan, settings = training.bench, training.plan, config.Train
    processes = bench.ranks.count
    images = f"{facts['rows_train']} images/epoch"
    evaluations = f"{plan.evaluations_after(bench.state.step)} evaluations planned"
    rows = f"{facts['rows_train']} training rows, {facts['rows_val']} validation rows"
    steps = f"{plan.total_steps} steps in {settings.epochs_iters} epochs"
    batches = f"batch {settings.batch_size} x {processes} process{'es' if processes > 1 else ''}"
    if settings.accumulate > 1:
        batches += f" x {settings.accumulate} accumulated"
    return [
        f"{images}, {evaluations}, {excluded_rows(config)} rows excluded",
        f"{rows}, {steps}, {batches}",
        *training.lines,
    ]


def excluded_rows(config: RunConfig) -> int:
    """How many rows of the dataset are not in the lists, because check_dataset has left them out.

    Lists that still have such rows are refused, so without the stage split there are none.
    """
    return int((recorded(config, "split").get("report") or {}).get("excluded_rows") or 0)
