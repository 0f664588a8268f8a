"""The loop on real files: what it learns, what it leaves, and that stopping and going on changes nothing."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from ocrflow.errors import OutsideError, UsageError
from ocrflow.inference.recognizer import Recognizer
from ocrflow.nets.weights import read_weights
from ocrflow.tasks.text_recognition.training import RecognitionTask
from ocrflow.training import stepper, worker
from ocrflow.training.stop import Interrupted

LATEST, BEST = "latest/latest.pdparams", "best_accuracy/best_accuracy.pdparams"
STEPS = 6  # of an epoch: 24 rows in batches of 4


def output_of(config) -> Path:
    return Path(config.Global.output)


def epochs_in(output: Path) -> list[dict]:
    return [json.loads(line) for line in (output / "train" / "metrics.jsonl").read_text("utf-8").splitlines()]


def weights_in(output: Path, name: str = LATEST) -> dict[str, np.ndarray]:
    return read_weights(str(output / name)).tensors


def equal(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return list(first) == list(second) and all(np.array_equal(first[name], second[name]) for name in first)


def info(output: Path, name: str = "latest") -> dict:
    return json.loads((output / name / f"{name}.info.json").read_text("utf-8"))


@contextmanager
def sigterm_in_step(step: int):
    """The training inside gets SIGTERM in this step (counted from 0)."""
    step_of = stepper.Stepper.step

    def with_signal(self, batches, number):
        if number == step:
            os.kill(os.getpid(), signal.SIGTERM)
        return step_of(self, batches, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stepper.Stepper, "step", with_signal)
        yield


@pytest.fixture
def no_export(monkeypatch):
    """Inference models are empty folders; making them takes most of the time of a tiny training."""
    monkeypatch.setattr(RecognitionTask, "export", lambda self, net, folder: folder.mkdir(parents=True, exist_ok=True))


def test_epochs_are_recorded(trained):
    config, _ = trained
    epochs = epochs_in(output_of(config))
    assert [(record["epoch"], record["step"]) for record in epochs] == [(0, 0), (1, STEPS), (2, 2 * STEPS)]
    assert "loss" not in epochs[0]
    keys = {"epoch", "step", "loss", "learning_rate", "acc", "norm_edit_dis", "samples_per_s", "seconds"}
    assert set(epochs[1]) == set(epochs[2]) == keys
    assert epochs[2]["loss"] < epochs[1]["loss"]
    assert epochs[1]["learning_rate"] == pytest.approx(0.001)  # the warm-up ends with the first epoch
    assert epochs[2]["learning_rate"] < 0.0002


def test_the_loss_is_the_mean_over_the_rows(train_config, tmp_path, untracked, monkeypatch):
    losses = []
    step_of = stepper.Stepper.step

    def noting(self, batches, number):
        losses.append((step_of(self, batches, number), sum(batch.global_size for batch in batches)))
        return losses[-1][0]

    monkeypatch.setattr(stepper.Stepper, "step", noting)
    config = train_config(tmp_path / "output", epochs_iters=1, batch_size=7)
    worker.train(config, 1)
    assert [size for _, size in losses] != [7] * len(losses)
    mean = sum(loss * size for loss, size in losses) / 24
    assert epochs_in(tmp_path / "output")[1]["loss"] == pytest.approx(mean)


def test_stopped_and_resumed_equals_unbroken(trained, train_config, tmp_path, untracked):
    """Also: two runs with the same seed are the same run, and an epoch that was broken off goes on where it was."""
    unbroken, output = output_of(trained[0]), tmp_path / "output"
    stopped = r"in epoch 2 of 2; \S*latest holds epoch 1 and 3 steps of the next\n.*Train\.resume_path=\S*latest\.pd"
    with sigterm_in_step(STEPS + 2), pytest.raises(Interrupted, match=stopped):
        worker.train(train_config(output), 1)
    assert (info(output)["epoch"], info(output)["epoch_step"]) == (1, 3)
    assert len(Recognizer(output / "latest" / "inference").predict([np.zeros((48, 100, 3), np.uint8)])) == 1
    result = worker.train(train_config(output, resume_path=str(output / LATEST)), 1)
    assert equal(weights_in(output), weights_in(unbroken))
    assert equal(weights_in(output, BEST), weights_in(unbroken, BEST))
    assert timeless(output) == timeless(unbroken)
    assert all(result[key] == trained[1][key] for key in ("baseline", "best", "last"))


def timeless(output: Path) -> list[dict]:
    """The epochs without what depends on the clock."""
    clock = ("samples_per_s", "seconds")
    return [{key: value for key, value in record.items() if key not in clock} for record in epochs_in(output)]


def test_going_on_in_another_folder(trained, train_config, tmp_path, untracked, no_export):
    """`best_accuracy/` is there in the new folder, too, though no later epoch may be better."""
    first, second = tmp_path / "first", tmp_path / "second"
    with sigterm_in_step(STEPS + 1), pytest.raises(Interrupted):
        worker.train(train_config(first), 1)
    with sigterm_in_step(STEPS + 3), pytest.raises(Interrupted, match="holds epoch 1 and 4 steps of the next"):
        worker.train(train_config(second, resume_path=str(first / LATEST)), 1)
    assert (info(second)["epoch"], info(second)["epoch_step"]) == (1, 4)
    shutil.rmtree(first)
    worker.train(train_config(second, resume_path="auto"), 1)
    assert equal(weights_in(second), weights_in(output_of(trained[0])))


def test_stopped_before_any_epoch_is_complete(train_config, tmp_path, untracked, no_export):
    output = tmp_path / "output"
    held = r"epoch 1 of 1; \S*latest holds epoch 0 and 3 steps of the next"
    with sigterm_in_step(2), pytest.raises(Interrupted, match=held):
        worker.train(train_config(output, epochs_iters=1), 1)
    assert (info(output)["epoch"], info(output)["global_step"]) == (0, 3)
    assert (output / "latest" / "inference").is_dir()
    result = worker.train(train_config(output, epochs_iters=1, resume_path=str(output / LATEST)), 1)
    assert [record["epoch"] for record in epochs_in(output)] == [0, 1]
    baseline = {key: value for key, value in epochs_in(output)[0].items() if key not in ("epoch", "step")}
    assert result["baseline"] == baseline
    assert result["last"]["epoch"] == result["best"]["epoch"] == 1


def test_stopped_between_two_epochs_keeps_the_whole_first(train_config, tmp_path, untracked, no_export):
    """Though `Train.save_interval` did not ask for it."""
    output = tmp_path / "output"
    with sigterm_in_step(STEPS - 1), pytest.raises(Interrupted, match=r"in epoch 2 of 3; \S*latest holds epoch 1"):
        worker.train(train_config(output, epochs_iters=3, save_interval=3), 1)
    assert (info(output)["epoch"], info(output)["global_step"]) == (1, STEPS)


def test_what_is_done_is_not_done_again(trained, train_config, tmp_path, untracked, no_export):
    config, expected = trained
    output = shutil.copytree(output_of(config), tmp_path / "output")
    result = worker.train(train_config(output, resume_path=str(output / LATEST)), 1)
    assert (result["last"], result["best"]) == (expected["last"], expected["best"])
    assert equal(weights_in(output), weights_in(output_of(config)))
    with pytest.raises(UsageError, match=r"has done 2 epochs, Train\.epochs_iters is 1"):
        worker.train(train_config(output, epochs_iters=1, resume_path=str(output / LATEST)), 1)


def test_intervals(train_config, tmp_path, untracked, no_export):
    output = tmp_path / "output"
    result = worker.train(train_config(output, epochs_iters=3, eval_interval=2, batch_size=24), 1)
    assert ["acc" in record for record in epochs_in(output)] == [True, False, True, True]
    assert result["last"]["epoch"] == 3


def test_best_is_the_best_and_the_later_of_equals(train_config, tmp_path, untracked, no_export, monkeypatch):
    scores = iter([0.1, 0.5, 0.2, 0.5, 0.4])
    monkeypatch.setattr(RecognitionTask, "evaluate", lambda *_: {"acc": next(scores), "norm_edit_dis": 0.0})
    output = tmp_path / "output"
    result = worker.train(train_config(output, epochs_iters=4, batch_size=24), 1)
    assert (result["baseline"]["acc"], result["best"], result["last"]) == (
        0.1,
        {"epoch": 3, "step": 3, "acc": 0.5, "norm_edit_dis": 0.0},
        {"epoch": 4, "step": 4, "acc": 0.4, "norm_edit_dis": 0.0},
    )
    assert (info(output, "best_accuracy")["epoch"], info(output)["epoch"]) == (3, 4)
    assert not equal(weights_in(output), weights_in(output, BEST))


def test_a_loss_that_is_no_number_ends_the_training(train_config, tmp_path, untracked, no_export, monkeypatch):
    loss_of = RecognitionTask.loss
    monkeypatch.setattr(RecognitionTask, "loss", lambda *arguments: loss_of(*arguments) * math.nan)
    with pytest.raises(OutsideError, match=r"the loss is nan at step 0\n  fix: lower Train\.learning_rate"):
        worker.train(train_config(tmp_path / "output"), 1)


def test_a_signal_while_the_models_are_written_changes_nothing(train_config, tmp_path, untracked, monkeypatch):
    def export(self, net, folder):
        os.kill(os.getpid(), signal.SIGTERM)
        folder.mkdir(parents=True)

    monkeypatch.setattr(RecognitionTask, "export", export)
    output = tmp_path / "output"
    assert worker.train(train_config(output, epochs_iters=1, batch_size=24), 1)["last"]["epoch"] == 1
    assert (output / "best_accuracy" / "inference").is_dir()
