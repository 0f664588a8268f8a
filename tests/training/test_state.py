"""How far a training is."""

from __future__ import annotations

import json
import pickle

import pytest

from ocrflow.errors import DataError
from ocrflow.training.state import State

BEST, LAST = {"epoch": 2, "acc": 0.5}, {"epoch": 3, "acc": 0.4}
STATE = State(3, 30, {"acc": 0.1}, BEST, LAST)


def test_round_trip():
    record = STATE.record({"base_width": 96})
    assert record["global_step"] == 30 and record["facts"] == {"base_width": 96}
    for copy in (json.loads(json.dumps(record)), pickle.loads(pickle.dumps(record, 2))):
        assert State.of(copy, "x.pdparams", steps_per_epoch=10) == STATE


def test_steps_follow_the_batches_of_this_run():
    """Another batch size has other steps; the schedule goes on at the same epoch."""
    assert State.of(STATE.record({}), "x", steps_per_epoch=4).step == 12


def test_checkpoints_without_baseline():
    record = STATE.record({})
    del record["baseline"]
    assert State.of(record, "x", 10).baseline == {}


@pytest.mark.parametrize("record", [None, [], {"epoch": 1}, {"epoch": "x"}, {"epoch": 1, "best_model_dict": 3}])
def test_other_records(record):
    with pytest.raises(
        DataError, match=r"x\.pdparams: its \.states file(.|\n)*Train\.pretrain_weight_path=x\.pdparams"
    ):
        State.of(record, "x.pdparams", 10)
