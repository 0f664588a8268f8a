"""What ends a training, and that it is evaluated and kept whatever ended it. An epoch of the toy has six steps."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from toy_task import Net, ToyTask

from ocrflow.training import watch
from ocrflow.training.checkpoint import info
from ocrflow.training.folders import fault_of
from ocrflow.training.stop import Interrupted


def records(output: Path, name: str = "metrics") -> list[dict]:
    return [json.loads(line) for line in (output / "train" / f"{name}.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def scores(monkeypatch):
    """A function that sets the scores of the baseline and of all evaluations."""

    def set_scores(*values: float) -> None:
        waiting = iter(values)
        monkeypatch.setattr(ToyTask, "evaluate", lambda *_: {"acc": next(waiting)})

    return set_scores


@pytest.fixture
def sigterm_in_step(monkeypatch):
    """A function that makes the training get SIGTERM in this step (counted from 0), once."""

    def arrange(step: int) -> None:
        calls, forward = [], Net.forward

        def watched(self, x):
            calls.extend([0] * self.training)
            if len(calls) == step + 1 and self.training:
                os.kill(os.getpid(), signal.SIGTERM)
            return forward(self, x)

        monkeypatch.setattr(Net, "forward", watched)

    return arrange


def test_max_steps(toy, tmp_path, capsys):
    result = toy(max_steps=8)
    output = tmp_path / "output"
    assert (result["steps"], result["epochs"], result["ended_by"]) == (8, 2, "max_steps: 8 steps")
    assert result["last"]["step"] == 8 and result["best"]["step"] in (6, 8)
    assert [(record["epoch"], record["step"]) for record in records(output)] == [(0, 0), (1, 6), (2, 8)]
    assert records(output)[-1].keys() == {"epoch", "step", "loss", "learning_rate", "acc", "error"}
    assert (info(output, "latest")["epoch"], info(output, "latest")["epoch_step"]) == (1, 2)
    assert [kept["name"] for kept in result["kept"]] == ["latest", "iter_epoch_1"]
    assert result["kept"][0]["score"] == result["last"]["acc"]
    assert records(output)[-1]["learning_rate"] == pytest.approx(0.01)  # the schedule, too, is one of 8 steps
    assert not (output / "train" / "evaluations.jsonl").exists()
    assert capsys.readouterr().out.splitlines()[-1] == "ended by Train.max_steps: 8 steps"


def test_more_steps_than_there_are_change_nothing(toy):
    assert toy(max_steps=999)["ended_by"] == "" and toy(max_steps=18)["ended_by"] == ""


def test_going_on_after_max_steps(toy, tmp_path):
    toy(max_steps=8)
    again = toy(max_steps=8, resume_path="auto")
    assert again["steps"] == 8 and [record["step"] for record in records(tmp_path / "output")] == [0, 6, 8]
    assert toy(resume_path="auto")["steps"] == 18
    assert [record["step"] for record in records(tmp_path / "output")] == [0, 6, 12, 18]


def test_early_stop(toy, tmp_path, scores):
    """As good as the best is no gain, though the later one of equals is kept."""
    scores(0.9, 0.3, 0.5, 0.4, 0.5, 0.6)
    result = toy(epochs_iters=9, early_stop=2)
    assert result["ended_by"] == "early_stop: 2 evaluations without a better one"
    assert (result["steps"], result["best"], result["last"]["step"]) == (24, {"epoch": 4, "step": 24, "acc": 0.5}, 24)
    assert fault_of(tmp_path / "output" / "best_accuracy") == "" and result["epochs"] == 4


def test_early_stop_counts_on_after_a_stop(toy, scores, sigterm_in_step):
    scores(0.9, 0.3, 0.5, 0.4, 0.5, 0.6)
    sigterm_in_step(20)
    with pytest.raises(Interrupted):
        toy(epochs_iters=9, early_stop=2)
    assert toy(epochs_iters=9, early_stop=2, resume_path="auto")["steps"] == 24


def test_evaluations_in_the_middle_count_for_early_stop(toy, tmp_path, scores):
    scores(0.1, 0.5, 0.4, 0.4)
    result = toy(epochs_iters=2, early_stop=2, min_evaluations=4)
    assert (result["steps"], result["epochs"]) == (9, 2)
    assert [record["epoch"] for record in records(tmp_path / "output", "evaluations")] == [0, 0.5, 1, 1.5, 2]


def test_time_budget(toy, tmp_path):
    result = toy(time_budget=1e-6)
    assert (result["steps"], result["ended_by"]) == (0, "time_budget: 0.0 minutes")
    assert result["best"] == result["last"] and result["best"]["step"] == 0
    assert (tmp_path / "output" / "best_accuracy" / "inference" / "first.npy").is_file()
    again = toy(time_budget=1e-6, resume_path="auto")
    assert again["steps"] == 0 and info(tmp_path / "output", "latest")["seconds"] > 0


def test_time_budget_counts_the_time_of_earlier_runs(toy, tmp_path):
    toy(epochs_iters=2, max_steps=8)
    assert toy(time_budget=60.0, epochs_iters=2, max_steps=9, resume_path="auto")["steps"] == 9
    latest = tmp_path / "output" / "latest"
    spent = info(latest.parent, "latest")["seconds"]
    assert spent > 0
    result = toy(time_budget=spent / 60, epochs_iters=2, resume_path="auto")
    assert result["steps"] == 9 and result["ended_by"].startswith("time_budget")


def test_best_is_there_though_nothing_was_planned_to_be_evaluated_yet(toy, tmp_path):
    result = toy(epochs_iters=5, eval_interval=5, max_steps=2)
    assert result["best"]["step"] == 2
    assert fault_of(tmp_path / "output" / "best_accuracy") == ""


def test_worse_than_before_is_told(toy, scores, capsys):
    scores(0.9, 0.3, 0.2, 0.1)
    assert toy()["best"]["acc"] == 0.3
    assert capsys.readouterr().out.splitlines()[-1] == (
        "no evaluation was as good as the starting weights (acc 0.9000)"
    )


def test_stopped_in_the_middle_of_an_epoch_nothing_is_lost(toy, tmp_path, sigterm_in_step):
    sigterm_in_step(8)
    held = r"stopped in epoch 2 of 3; \S*latest holds epoch 1 and 3 steps of the next\n.*Train\.resume_path=\S*latest"
    with pytest.raises(Interrupted, match=held):
        toy()
    assert (tmp_path / "output" / "latest" / "inference" / "first.npy").is_file()
    assert info(tmp_path / "output", "latest")["epoch_step"] == 3


def test_stopped_before_the_first_step(toy, tmp_path, monkeypatch):
    evaluate = ToyTask.evaluate

    def with_signal(*arguments):
        os.kill(os.getpid(), signal.SIGINT)
        return evaluate(*arguments)

    monkeypatch.setattr(ToyTask, "evaluate", with_signal)
    with pytest.raises(Interrupted, match=r"stopped in epoch 1 of 3; .*latest holds epoch 0"):
        toy()
    monkeypatch.setattr(ToyTask, "evaluate", evaluate)
    stopped = toy(resume_path="auto")
    assert stopped["last"] == toy(tmp_path / "unbroken")["last"]


def test_a_long_epoch_is_saved_on_the_way(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "SECONDS_BETWEEN_SAVES", 0.0)
    expected = toy(tmp_path / "often")["last"]
    saved = []
    monkeypatch.setattr(watch.Watch, "saved", lambda self: saved.append(1))
    assert toy()["last"] == expected and len(saved) > 18
    monkeypatch.setattr(watch, "SECONDS_BETWEEN_SAVES", 600.0)
    assert toy(tmp_path / "rarely")["last"] == expected


def test_intervals_of_saves(toy, tmp_path, scores):
    scores(0.0, 0.9, 0.1, 0.1, 0.1, 0.1)
    toy(epochs_iters=5, save_interval=2, keep_last=9)
    found = sorted(path.name for path in (tmp_path / "output").iterdir() if path.name.startswith("iter"))
    assert found == ["iter_epoch_2", "iter_epoch_4", "iter_epoch_5"]
    assert info(tmp_path / "output", "best_accuracy")["epoch"] == 1
