"""What a training says before it begins."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from toy_task import toy_config

from ocrflow.training.announce import announcement
from ocrflow.training.plan import RunPlan

FACTS = {"rows_train": 21, "rows_val": 8}


def said(config, step: int = 0, processes: int = 1) -> list[str]:
    bench = SimpleNamespace(state=SimpleNamespace(step=step), ranks=SimpleNamespace(count=processes))
    training = SimpleNamespace(bench=bench, plan=RunPlan.of(config.Train, 3), lines=["random weights"])
    return announcement(config, training, FACTS)


def test_rows_and_evaluations(tmp_path):
    config = toy_config(tmp_path, accumulate=1, min_evaluations=1)
    assert said(config) == [
        "21 images/epoch, 5 evaluations planned, 0 rows excluded",
        "21 training rows, 8 validation rows, 15 steps in 5 epochs, batch 4 x 1 process",
        "random weights",
    ]
    assert said(config, step=9)[0].startswith("21 images/epoch, 2 evaluations planned")
    assert said(toy_config(tmp_path), processes=2)[1].endswith("batch 4 x 2 processes x 2 accumulated")


@pytest.mark.parametrize(("result", "count"), [({"report": {"excluded_rows": 7}}, 7), ({"report": {}}, 0), ({}, 0)])
def test_rows_that_the_check_left_out(tmp_path, result, count):
    (tmp_path / "split_result.json").write_text(json.dumps(result))
    assert said(toy_config(tmp_path))[0].endswith(f"{count} rows excluded")
