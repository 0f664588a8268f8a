"""Reading a checkpoint back: a training that goes on from it does not notice, and nothing else is taken for one."""

from __future__ import annotations

import json

import numpy as np
import paddle
import pytest
from test_checkpoint import STATE, Run

from ocrflow.errors import DataError, UsageError
from ocrflow.training import checkpoint
from ocrflow.training.restoring import read_record, restore


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


@pytest.mark.parametrize("ending", [".pdparams", ""])
def test_the_next_step_is_bit_for_bit_that_of_the_unbroken_run(run, saved, ending):
    other = Run(seed=2)
    restored = restore(str(saved.with_suffix(ending)), other.net, other.optimizer)
    assert (restored.averaged, restored.parts) == (None, None)
    for number in (3, 4):
        run.step(number)
        other.step(number)
    assert all(np.array_equal(array, other.arrays()[name]) for name, array in run.arrays().items())
    without = Run(seed=2)
    without.net.set_state_dict(paddle.load(str(saved)))
    for number in (3, 4):
        without.step(number)
    assert not np.array_equal(without.arrays()["0.weight"], run.arrays()["0.weight"])  # the moments do matter


def test_before_the_first_step_there_are_no_moments(tmp_path):
    first, second = Run(), Run(seed=2)
    checkpoint.save(tmp_path, "latest", first.net, first.optimizer, STATE)
    restore(str(tmp_path / "latest" / "latest"), second.net, second.optimizer)
    for run in (first, second):
        run.step(0)
    assert all(np.array_equal(array, second.arrays()[name]) for name, array in first.arrays().items())


@pytest.mark.parametrize("ending", [".pdparams", ".pdopt", ".states"])
def test_a_missing_file_is_named(saved, ending):
    saved.with_suffix(ending).unlink()
    with pytest.raises(UsageError, match=rf"missing \S*latest\{ending}\n"):
        read_record(str(saved))


@pytest.mark.parametrize("ending", [".pdparams", ".pdopt", ".states"])
def test_a_damaged_file_is_named(saved, ending):
    file = saved.with_suffix(ending)
    file.write_bytes(file.read_bytes()[:-5])
    named = rf"the checkpoint is damaged: latest\{ending} has \d+ bytes, expected \d+\n  fix: -o Train.resume_path=auto"
    with pytest.raises(DataError, match=named):
        read_record(str(saved))


@pytest.mark.parametrize("ending", [".pdparams", ".pdopt", ".states"])
def test_without_sums_it_is_found_by_reading_and_nothing_is_changed(saved, ending):
    """As in checkpoints that PaddleX or an earlier ocrflow wrote."""
    saved.with_suffix(".info.json").write_text(json.dumps(STATE))
    file = saved.with_suffix(ending)
    file.write_bytes(file.read_bytes()[:-5])
    run = Run(seed=2)
    before = run.arrays()
    with pytest.raises(DataError, match=rf"latest\{ending}: refused or unreadable"):
        restore(str(saved), run.net, run.optimizer)
        read_record(str(saved))
    assert ending == ".states" or all(np.array_equal(array, before[name]) for name, array in run.arrays().items())


def test_another_network(saved):
    other = Run(hidden=9)
    named = r"of another network or dictionary: 0\.bias \[8\] -> \[9\] and 6 more tensors"
    with pytest.raises(DataError, match=named):
        restore(str(saved), other.net, other.optimizer)


def test_moments_of_another_network(saved):
    paddle.save({"other_0.w_0_moment1_0": paddle.ones([1])}, str(saved.with_suffix(".pdopt")))
    with pytest.raises(DataError, match=r"latest\.pdopt: not the optimizer state of this network"):
        restore(str(saved), Run().net, Run().optimizer)


def test_parameters_that_were_frozen_have_no_moments(tmp_path):
    run = Run()
    run.net[0].weight.stop_gradient = True
    run.step(0)
    checkpoint.save(tmp_path, "latest", run.net, run.optimizer, STATE)
    path = str(tmp_path / "latest" / "latest.pdparams")
    again = Run(seed=2)
    with pytest.raises(
        UsageError, match=r"latest\.pdopt knows nothing of 1 of 6 parameters; they were frozen\n  fix: keep"
    ):
        restore(path, again.net, again.optimizer)
    again.net[0].weight.stop_gradient = True
    restore(path, again.net, again.optimizer)
    again.step(1)
