"""When a training ends and when it is evaluated."""

from __future__ import annotations

import pytest

from ocrflow.config import TrainSection
from ocrflow.training.plan import RunPlan


@pytest.mark.parametrize(
    ("settings", "steps", "evaluations"),
    [
        ({"epochs_iters": 3}, 10, [10, 20, 30]),
        ({"epochs_iters": 5, "eval_interval": 2}, 10, [20, 40, 50]),
        ({"epochs_iters": 5, "eval_interval": 9}, 10, [50]),
        ({"epochs_iters": 2, "min_evaluations": 4}, 10, [5, 10, 15, 20]),
        ({"epochs_iters": 1, "min_evaluations": 3}, 10, [3, 6, 10]),
        ({"epochs_iters": 3, "eval_interval": 3, "min_evaluations": 2}, 10, [10, 20, 30]),
        ({"epochs_iters": 1, "min_evaluations": 9}, 4, [1, 2, 3, 4]),
        ({"epochs_iters": 9, "max_steps": 25}, 10, [10, 20, 25]),
        ({"epochs_iters": 9, "max_steps": 4, "min_evaluations": 2}, 10, [3, 4]),
        ({"epochs_iters": 2, "max_steps": 99}, 10, [10, 20]),
    ],
)
def test_plans(settings, steps, evaluations):
    plan = RunPlan.of(TrainSection(**settings), steps)
    assert sorted(plan.evaluations) == evaluations
    assert plan.total_steps == evaluations[-1]
    assert (
        plan.evaluations_after(0) == len(evaluations) and plan.evaluations_after(evaluations[0]) == len(evaluations) - 1
    )
    assert plan.evaluations_after(plan.total_steps) == 0


@pytest.mark.parametrize("wanted", [1, 2, 3, 5, 8, 13])
def test_never_fewer_than_asked_for_and_always_at_the_end_of_epochs(wanted):
    for epochs in (1, 2, 3, 7):
        for steps in (13, 50):
            plan = RunPlan.of(TrainSection(epochs_iters=epochs, min_evaluations=wanted), steps)
            assert len(plan.evaluations) >= wanted
            assert {epoch * steps for epoch in range(1, epochs + 1)} <= plan.evaluations
