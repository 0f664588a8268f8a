"""Two processes train as one does, and what stops them in the middle of an epoch changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from test_kill import arrays_in, records_in

from ocrflow.training.checkpoint import info
from ocrflow.training.meeting import PeerGone


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[list[int]]]]:
    folder = tmp_path_factory.mktemp("two") / "runs"
    command = [sys.executable, str(Path(__file__).with_name("two_processes.py")), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder, json.loads(done.stdout.splitlines()[-1])


def test_they_ended_as_they_should(ran):
    _, codes = ran
    assert codes["unbroken"] == codes["two"] == [[0, 0]]
    assert codes["one"] == [[0]]
    assert codes["stopped"] == codes["early"] == [[130, 130], [0, 0]]
    assert codes["killed"] == [[-9, PeerGone.exit_code], [0, 0]]


@pytest.mark.parametrize(
    ("name", "place"), [("stopped", "epoch 1, step 1 of 2 of the next"), ("early", "epoch 0, step 1")]
)
def test_stopped_in_the_middle_of_an_epoch(ran, name, place):
    """Each process goes on with its own running statistics and its own part of the epoch's loss."""
    folder, _ = ran
    assert f"going on from {folder / name}/latest/latest.pdparams, {place}" in (folder / f"{name}.log").read_text()


@pytest.mark.parametrize("name", ["stopped", "early", "killed"])
def test_what_stops_them_changes_nothing(ran, name):
    folder, _ = ran
    expected, found = arrays_in(folder / "unbroken"), arrays_in(folder / name)
    assert found.keys() == expected.keys() and len(found) > 80
    assert [key for key, array in expected.items() if not np.array_equal(array, found[key])] == []
    assert records_in(folder / name) == records_in(folder / "unbroken")


def test_two_with_two_batches_each_are_one_with_a_batch_four_times_as_large(ran):
    """Up to the order of additions in float32, when no row depends on those beside it."""
    folder, _ = ran
    two, one = arrays_in(folder / "two"), arrays_in(folder / "one")
    weights = [key for key in one if key.startswith("latest/latest.pdparams")]
    assert len(weights) == 8
    assert info(folder / "two", "latest")["global_step"] == info(folder / "one", "latest")["global_step"] == 4
    for key in weights:
        assert np.allclose(two[key], one[key], rtol=1e-4, atol=1e-6), key
    losses = [
        [json.loads(line)["loss"] for line in (folder / name / "train" / "metrics.jsonl").open() if "loss" in line]
        for name in ("two", "one")
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
