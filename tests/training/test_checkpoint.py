"""Checkpoints: a training that goes on from one does not notice."""

from __future__ import annotations

import errno
import json

import numpy as np
import paddle
import pytest

from ocrflow.errors import OutsideError
from ocrflow.training import checkpoint, folders
from ocrflow.training.checkpoint import Snapshot
from ocrflow.training.restoring import read_record, restore

STATE = {"epoch": 1, "global_step": 3, "best_model_dict": {"acc": 0.5}, "facts": {"base_width": 96}}
ENDINGS = [".info.json", ".pdopt", ".pdparams", ".states"]


class Run:
    """A small network with batch normalisation in training; always of the same data and parameter names."""

    def __init__(self, hidden: int = 8, seed: int = 1):
        paddle.seed(seed)
        self.names = paddle.base.unique_name.UniqueNameGenerator()
        with paddle.utils.unique_name.guard(self.names):
            layers = [paddle.nn.Linear(5, hidden), paddle.nn.BatchNorm1D(hidden), paddle.nn.Linear(hidden, 2)]
            self.net = paddle.nn.Sequential(*layers)
            self.optimizer = paddle.optimizer.Adam(0.01, parameters=self.net.parameters())

    def step(self, number: int) -> None:
        x = paddle.to_tensor(np.random.default_rng(number).standard_normal((4, 5)).astype(np.float32))
        with paddle.utils.unique_name.guard(self.names):
            (self.net(x) ** 2).sum().backward()
            self.optimizer.step()
            self.optimizer.clear_grad()

    def arrays(self) -> dict[str, np.ndarray]:
        return {name: tensor.numpy() for name, tensor in self.net.state_dict().items()}


@pytest.fixture
def run():
    run = Run()
    for number in range(3):
        run.step(number)
    return run


@pytest.fixture
def saved(run, tmp_path):
    checkpoint.save(tmp_path, "latest", run.net, run.optimizer, STATE)
    return tmp_path / "latest" / "latest.pdparams"


def test_paddlex_files(saved):
    assert sorted(path.name.removeprefix("latest") for path in saved.parent.iterdir()) == ENDINGS
    said = json.loads(saved.with_suffix(".info.json").read_text("utf-8"))
    assert said == STATE | {"files": said["files"]} and len(said["files"]) == 3
    assert [path.name for path in saved.parent.parent.iterdir()] == ["latest"]
    assert checkpoint.info(saved.parent.parent, "latest") == said
    assert checkpoint.info(saved.parent.parent, "best_accuracy") == {}
    assert read_record(str(saved)) == STATE
    assert folders.fault_of(saved.parent) == ""


@pytest.mark.parametrize("fails_at", [1, 2])
def test_a_full_disk_keeps_the_previous_checkpoint(run, saved, tmp_path, monkeypatch, fails_at):
    before = {path.name: path.read_bytes() for path in saved.parent.iterdir()}
    save, calls = paddle.save, []

    def full(value, path, *rest):
        calls.append(path)
        if len(calls) == fails_at:
            raise OSError(errno.ENOSPC, "No space left on device")
        save(value, path, *rest)

    monkeypatch.setattr(paddle, "save", full)
    run.step(3)
    with pytest.raises(OutsideError, match=r"cannot write .*latest: No space left on device\n  fix: free space"):
        checkpoint.save(tmp_path, "latest", run.net, run.optimizer, STATE | {"epoch": 2})
    assert {path.name: path.read_bytes() for path in saved.parent.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["latest"]  # nothing half-written takes room


def test_a_failing_rename_keeps_the_previous_checkpoint(run, saved, tmp_path, monkeypatch):
    from pathlib import Path

    rename = Path.rename

    def failing(self, target):
        if self.name == ".latest.new":
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutsideError, match="Input/output error"):
        checkpoint.save(tmp_path, "latest", run.net, run.optimizer, STATE | {"epoch": 2})
    assert read_record(str(saved)) == STATE


def test_a_folder_that_cannot_be_written(run, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutsideError, match="cannot write"):
        checkpoint.save(tmp_path / "file", "latest", run.net, run.optimizer, STATE)


def test_the_folder_is_replaced_as_a_whole(run, saved, tmp_path):
    (saved.parent / "inference").mkdir()
    checkpoint.save(tmp_path, "latest", run.net, run.optimizer, STATE | {"epoch": 2})
    assert sorted(path.name.removeprefix("latest") for path in saved.parent.iterdir()) == ENDINGS


def test_a_copy_goes_on_as_well(run, saved, tmp_path):
    checkpoint.copy(str(saved), tmp_path / "new", "best_accuracy", STATE | {"epoch": 9})
    assert checkpoint.info(tmp_path / "new", "best_accuracy")["epoch"] == 9
    other = Run(seed=2)
    path = tmp_path / "new" / "best_accuracy" / "best_accuracy.pdparams"
    assert read_record(str(path))["epoch"] == 9
    restore(str(path), other.net, other.optimizer)
    for each in (run, other):
        each.step(3)
    assert all(np.array_equal(array, other.arrays()[name]) for name, array in run.arrays().items())


def test_a_copy_onto_itself_changes_the_record(run, saved, tmp_path):
    checkpoint.copy(str(saved), tmp_path, "latest", STATE | {"epoch": 9})
    assert read_record(str(saved))["epoch"] == 9 and folders.fault_of(saved.parent) == ""
    restore(str(saved), Run().net, Run().optimizer)


def test_weights_that_are_scored_and_those_that_training_goes_on_from(run, tmp_path):
    scored = {name: tensor * 0 for name, tensor in run.net.state_dict().items()}
    snapshot = Snapshot(scored, run.optimizer.state_dict(), run.net.state_dict(), [{"loss": 1.5}, {"loss": 2.5}])
    checkpoint.write(tmp_path, "latest", snapshot, STATE)
    checkpoint.copy(str(tmp_path / "latest" / "latest"), tmp_path, "iter_epoch_1", STATE)
    for name in ("latest", "iter_epoch_1"):
        other = Run(seed=2)
        restored = restore(str(tmp_path / name / name), other.net, other.optimizer)
        assert all(np.array_equal(array, run.arrays()[key]) for key, array in other.arrays().items())
        assert restored.averaged.keys() == scored.keys() and not restored.averaged["0.weight"].any()
        assert restored.parts == [{"loss": 1.5}, {"loss": 2.5}]
        assert folders.fault_of(tmp_path / name) == ""
    loaded = paddle.load(str(tmp_path / "latest" / "latest.pdparams"))
    assert not loaded["0.weight"].numpy().any()  # who only knows PaddleX's names gets the weights that were scored
