"""What a training tells and writes."""

from __future__ import annotations

import json

import pytest

from ocrflow.errors import DataError, OutsideError
from ocrflow.training.journal import Journal


class Tracker:
    def __init__(self):
        self.epochs, self.status = [], None

    def log_epoch(self, metrics, step):
        self.epochs.append((step, metrics))

    def close(self, status):
        self.status = status


def epochs_in(output):
    return [json.loads(line) for line in (output / "train" / "metrics.jsonl").read_text("utf-8").splitlines()]


def test_an_epoch_goes_everywhere(tmp_path, capsys):
    tracker = Tracker()
    journal = Journal(tmp_path, tracker, resumed=False, epochs_iters=5)
    records = [
        {"epoch": 0, "step": 0, "acc": 0.1},
        {
            "epoch": 1,
            "step": 7,
            "loss": 2.5,
            "learning_rate": 0.001,
            "acc": 0.25,
            "samples_per_s": 70.4,
            "seconds": 3.0,
        },
    ]
    for record in records:
        journal.epoch(record)
    journal.step(2, 8, 0.0005, 1.25)
    journal.close("FINISHED")
    assert epochs_in(tmp_path) == records == journal.epochs
    assert [step for step, _ in tracker.epochs] == [0, 1]
    assert tracker.epochs[1][1] == {key: value for key, value in records[1].items() if key not in ("epoch", "step")}
    assert tracker.status == "FINISHED"
    said = "epoch 1/5: loss 2.5000, acc 0.2500, 70 images/s"
    assert capsys.readouterr().out.splitlines()[-1] == said
    log = (tmp_path / "train.log").read_text("utf-8").splitlines()
    assert log[1].endswith(f"ocrflow INFO: {said}")
    assert log[2].endswith("ocrflow INFO: epoch: [2/5], global_step: 8, lr: 0.000500, loss: 1.250000")


@pytest.mark.parametrize("resumed", [False, True])
def test_a_resumed_run_goes_on_and_repeats_the_broken_epochs(tmp_path, resumed):
    first = Journal(tmp_path, Tracker(), resumed=False, epochs_iters=5)
    for epoch in range(4):
        first.epoch({"epoch": epoch, "step": epoch, "acc": 0.1})
    first.close("KILLED")
    second = Journal(tmp_path, Tracker(), resumed, epochs_iters=5)
    second.epoch({"epoch": 2, "step": 2, "acc": 0.9})
    second.close("FINISHED")
    assert [record["epoch"] for record in epochs_in(tmp_path)] == ([0, 1, 2] if resumed else [2])
    assert epochs_in(tmp_path)[-1]["acc"] == 0.9
    assert len((tmp_path / "train.log").read_text("utf-8").splitlines()) == (5 if resumed else 1)


def test_resuming_into_a_new_folder(tmp_path):
    assert Journal(tmp_path / "new", Tracker(), resumed=True, epochs_iters=5).epochs == []


def test_damaged_metrics_are_named(tmp_path):
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "metrics.jsonl").write_text('{"epoch": 0}\n{"epo', encoding="utf-8")
    with pytest.raises(DataError, match=r"metrics\.jsonl: not one JSON object a line"):
        Journal(tmp_path, Tracker(), resumed=True, epochs_iters=5)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutsideError, match="cannot write"):
        Journal(tmp_path / "file" / "output", Tracker(), resumed=False, epochs_iters=5)


def test_a_full_disk_is_no_traceback(tmp_path):
    from pathlib import Path

    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here, which fails every write as a full disk does")
    (tmp_path / "train.log").symlink_to("/dev/full")
    journal = Journal(tmp_path, Tracker(), resumed=True, epochs_iters=5)
    with pytest.raises(OutsideError, match=r"cannot write .*train\.log: No space left"):
        journal.line("x")
    journal.close("FAILED")


def test_evaluations_in_the_middle_of_epochs(tmp_path, capsys):
    journal = Journal(tmp_path, Tracker(), resumed=False, epochs_iters=3)
    file = tmp_path / "train" / "evaluations.jsonl"
    journal.epoch({"epoch": 0, "step": 0, "acc": 0.1})
    assert not file.exists()
    for record in ({"epoch": 0.5, "step": 3, "acc": 0.2}, {"epoch": 1.25, "step": 8, "acc": 0.3}):
        journal.evaluation(record)
        if record["epoch"] < 1:
            journal.epoch({"epoch": 1, "step": 6, "loss": 1.0, "acc": 0.25, "samples_per_s": 1.0})
    assert [record["epoch"] for record in epochs_in(tmp_path)] == [0, 1]
    said = [json.loads(line)["epoch"] for line in file.read_text("utf-8").splitlines()]
    assert said == [0, 0.5, 1, 1.25]
    assert "epoch 0.50/3: acc 0.2000" in capsys.readouterr().out
    journal.close("KILLED")
    again = Journal(tmp_path, Tracker(), resumed=True, epochs_iters=3)
    again.go_on_from(1.2)
    assert [record["epoch"] for record in again.between] == [0.5] and len(again.epochs) == 2
    again.go_on_from(0.2)
    assert (again.between, [record["epoch"] for record in again.epochs]) == ([], [0])
    again.close("KILLED")
    Journal(tmp_path, Tracker(), resumed=False, epochs_iters=3).close("KILLED")
    assert not file.exists()
