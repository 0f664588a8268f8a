"""How far a training is."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import pytest

from ocrflow.errors import DataError
from ocrflow.training.state import State, same_evaluation

BEST, LAST = {"epoch": 2, "step": 20, "acc": 0.5}, {"epoch": 3, "step": 30, "acc": 0.4}
BETWEEN = State(
    epoch=3,
    step=34,
    epoch_step=4,
    epoch_rows=17,
    epoch_loss=0.1 + 0.2,
    baseline={"acc": 0.1},
    best=BEST,
    last=LAST,
    stale_evaluations=1,
    seconds=12.5,
    run="abc",
    weights={"source": None, "lines": ["random weights"]},
    scaler={"scale": 8.0},
)


@pytest.mark.parametrize("state", [BETWEEN, State(), State(3, 30, best=BEST, last=LAST)])
def test_round_trip(state):
    record = state.record(facts={"base_width": 96})
    assert record["global_step"] == state.step and record["facts"] == {"base_width": 96}
    for copy in (json.loads(json.dumps(record)), pickle.loads(pickle.dumps(record, 2))):
        assert State.of(copy, "x.pdparams", steps_per_epoch=10, same_batches=True) == state


def test_with_other_batches_the_unfinished_epoch_begins_again():
    """The schedule goes on at the same epoch."""
    state = State.of(BETWEEN.record(), "x", steps_per_epoch=4, same_batches=False)
    assert (state.epoch, state.step, state.epoch_step, state.epoch_rows, state.epoch_loss) == (3, 12, 0, 0, 0.0)
    assert (state.best, state.stale_evaluations, state.seconds) == (BEST, 1, 12.5)


def test_an_evaluation_of_this_moment_stays_one_when_steps_are_counted_otherwise():
    record = State(3, 30, best=LAST, last=LAST).record()
    state = State.of(record, "x", steps_per_epoch=4, same_batches=False)
    assert state.is_evaluated and state.last == state.best == {"epoch": 3, "step": 12, "acc": 0.4}
    assert same_evaluation(state.last, LAST) and not same_evaluation(state.last, BEST)
    assert not BETWEEN.is_evaluated and not State().is_evaluated


def test_checkpoints_as_they_were_before_evaluations_had_steps():
    best, last = {"epoch": 2, "acc": 0.5}, {"epoch": 3, "acc": 0.4}
    record = {"epoch": 3, "global_step": 30, "best_model_dict": best, "last_model_dict": last}
    state = State.of(record, "x", 10, same_batches=False)
    assert (state.epoch, state.step, state.baseline) == (3, 30, {})
    assert state.last == last | {"step": 30} and state.best == best | {"step": -1}


def test_the_next_epoch():
    state = replace(BETWEEN)
    state.begin_next_epoch()
    assert state == replace(BETWEEN, epoch=4, epoch_step=0, epoch_rows=0, epoch_loss=0.0)


@pytest.mark.parametrize("record", [None, [], {"epoch": 1}, {"epoch": "x"}, {"epoch": 1, "best_model_dict": 3}])
def test_other_records(record):
    with pytest.raises(
        DataError, match=r"x\.pdparams: its \.states file(.|\n)*Train\.pretrain_weight_path=x\.pdparams"
    ):
        State.of(record, "x.pdparams", 10, same_batches=True)
