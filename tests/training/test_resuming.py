"""Going on from a checkpoint: what is told, what is refused, what changes nothing. The toy's epoch has six steps."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from test_kill import arrays_in
from toy_task import LISTS, ToyTask

from ocrflow.data import lists
from ocrflow.errors import OcrflowError, UsageError
from ocrflow.nets.weights import read_weights
from ocrflow.training.average import Average
from ocrflow.training.checkpoint import info


def lines(capsys) -> str:
    return capsys.readouterr().out


def test_more_epochs_stretch_the_schedule_and_it_is_told(toy, tmp_path, capsys):
    toy()
    lines(capsys)
    result = toy(epochs_iters=5, resume_path="auto")
    said = lines(capsys)
    assert "going on from" in said and "latest.pdparams, epoch 3" in said
    assert "the learning rate goes on as the new schedule has it at this step: total_steps 18 -> 30" in said
    assert result["steps"] == 30 and info(tmp_path / "output", "latest")["schedule"]["total_steps"] == 30


def test_fewer_epochs_than_are_done(toy):
    toy()
    with pytest.raises(UsageError, match=r"has done 3 epochs, Train\.epochs_iters is 2"):
        toy(epochs_iters=2, resume_path="auto")


def test_with_another_batch_size_the_unfinished_epoch_begins_again(toy, capsys):
    toy(max_steps=8)
    lines(capsys)
    result = toy(batch_size=7, resume_path="auto")
    told = "begins again, because it is cut into other batches: batch_size 4 -> 7, batches 6 -> 3"
    assert told in lines(capsys)
    assert result["steps"] == 9


def test_the_same_again_is_not_told(toy, capsys):
    toy(max_steps=8, epochs_iters=3)
    lines(capsys)
    toy(max_steps=8, resume_path="auto")
    said = lines(capsys)
    assert "schedule" not in said and "begins again" not in said


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"data_version": "other"}, "dataset: toy -> other"),
        ({"dict_sha256": "1" * 64}, "dictionary: 000000000000 -> 111111111111"),
        ({"dictionary": ["a", "b"]}, "number of classes: 3 -> 4"),
    ],
)
def test_another_training_is_refused(toy, tmp_path, monkeypatch, change, named):
    toy(max_steps=2)
    before = info(tmp_path / "output", "latest")
    monkeypatch.setattr(lists, "lists_of", lambda config: SimpleNamespace(**(vars(LISTS) | change)))
    with pytest.raises(UsageError, match=named):
        toy(resume_path="auto")
    assert info(tmp_path / "output", "latest") == before


def test_averaged_weights_are_the_scored_ones(toy, tmp_path, monkeypatch):
    applied = []
    block = Average.applied
    monkeypatch.setattr(Average, "applied", lambda self: (applied.append(1), block(self))[1])
    result = toy(ema=0.8)
    assert len(applied) == 4  # the baseline and three evaluations
    output = tmp_path / "output"
    scored = read_weights(str(output / "latest" / "latest.pdparams")).tensors
    raw = read_weights(str(output / "latest" / "latest.raw.pdparams")).tensors
    assert not np.array_equal(scored["first.weight"], raw["first.weight"])
    assert np.array_equal(np.load(output / "latest" / "inference" / "first.npy"), scored["first.weight"])
    task = ToyTask(SimpleNamespace(Train=SimpleNamespace(augment=0.0)), LISTS, 1)
    net, _ = task.build()
    net.set_state_dict(scored)
    ranks = SimpleNamespace(rank=0, count=1, gather=lambda value: [value])
    assert task.evaluate(net, ranks)["acc"] == result["last"]["acc"]


def test_averaging_may_begin_or_end_with_a_resumed_run(toy, tmp_path, capsys):
    toy(max_steps=8)
    plain = arrays_in(tmp_path / "output")["latest/latest.pdparams:first.weight"]
    toy(max_steps=8, ema=0.5, resume_path="auto")
    assert np.array_equal(arrays_in(tmp_path / "output")["latest/latest.pdparams:first.weight"], plain)
    toy(ema=0.5, max_steps=12, resume_path="auto")
    lines(capsys)
    raw = arrays_in(tmp_path / "output")["latest/latest.raw.pdparams:first.weight"]
    toy(max_steps=12, resume_path="auto")
    assert "its averaged weights are dropped: Train.ema is off" in lines(capsys)
    assert toy(resume_path="auto")["steps"] == 18
    assert not np.array_equal(arrays_in(tmp_path / "output")["latest/latest.pdparams:first.weight"], raw)


def test_a_training_knows_where_its_weights_came_from(toy, monkeypatch):
    report = {
        "source": "x.pdparams",
        "lines": ["weights from x.pdparams: 8 of 8 tensors loaded"],
        "loaded": 8,
        "total": 8,
    }
    build = ToyTask.build
    monkeypatch.setattr(ToyTask, "build", lambda self: (build(self)[0], report))
    toy(max_steps=2)
    monkeypatch.setattr(ToyTask, "build", build)
    found = toy(max_steps=4, resume_path="auto")["weights"]
    assert {key: found[key] for key in report} == report and found["resumed_from"].endswith("latest.pdparams")


def test_too_little_of_the_weights_fits(toy, monkeypatch):
    lines = ["weights from x.pdparams: 3 of 8 tensors loaded", "  re-initialised: first.bias (not in the file)"]
    report = {"source": "x.pdparams", "lines": lines, "loaded": 3, "total": 8}
    build = ToyTask.build
    monkeypatch.setattr(ToyTask, "build", lambda self: (build(self)[0], report))
    named = r"only 3 of 8 tensors \(38%\) fit the network, Train\.min_loaded is 50%\n  re-initialised: first\.bias"
    with pytest.raises(UsageError, match=named):
        toy(max_steps=1)
    toy(max_steps=1, min_loaded=0.37)


def test_frozen_names_are_told_and_wrong_ones_refused(toy, tmp_path, capsys):
    toy(freeze=["first"], max_steps=3)
    assert "frozen: 56 of 81 parameters, 0 batch normalisations" in lines(capsys)
    with pytest.raises(UsageError, match="no parameter's name starts with 'frist'"):
        toy(freeze=["frist"])


def test_batches_that_end_too_early_are_an_error(toy, monkeypatch):
    batches = ToyTask.batches
    monkeypatch.setattr(ToyTask, "batches", lambda self, plan, *rest: batches(self, plan[:4], *rest))
    with pytest.raises(OcrflowError, match="epoch 1: no more batches after 4 of 6 steps"):
        toy()
