"""A training that is killed at any moment and goes on with `auto` ends as the unbroken one, bit for bit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrflow.nets.pickled import unpickle
from ocrflow.training.find import resolve

POINTS = 22
CLOCK = ("samples_per_s", "seconds")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("kill") / "runs"
    script = Path(__file__).with_name("kill_points.py")
    command = [sys.executable, str(script), str(folder), "7", str(POINTS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder, json.loads(done.stdout.splitlines()[-1])


def arrays_in(output: Path) -> dict[str, np.ndarray]:
    """Every number of every checkpoint and exported model."""
    found: dict[str, np.ndarray] = {}
    for file in sorted([*output.rglob("*.pdparams"), *output.rglob("*.pdopt"), *output.rglob("*.npy")]):
        name = file.relative_to(output).as_posix()
        content = {"": np.load(file)} if file.suffix == ".npy" else unpickle(file)
        found |= {f"{name}:{key}": np.asarray(value) for key, value in content.items() if not isinstance(value, dict)}
    return found


def records_in(output: Path) -> list[Any]:
    """What is said of the epochs, the evaluations and the checkpoints, but for the clock and the training's name."""
    files = [output / "train" / f"{name}.jsonl" for name in ("metrics", "evaluations")]
    records = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    for info in sorted(output.rglob("*.info.json")):
        records.append(json.loads(info.read_text("utf-8")))
        records[-1]["weights"].pop("resumed_from", None)
        records[-1]["files"] = sorted(records[-1]["files"])
    return [{key: value for key, value in record.items() if key not in (*CLOCK, "run")} for record in records]


def test_many_moments_were_hit(killed):
    _, report = killed
    assert report["moments"] > 150 and len(report["killed"]) == POINTS >= 20
    assert sum(killed["signals"].count(9) for killed in report["killed"]) >= POINTS
    hit = {name for killed in report["killed"] for name in killed["at"]}
    assert {"save", "write_bytes", "write_text", "fsync", "rename", "export", "step", "evaluate"} <= hit


def test_all_end_as_the_unbroken_one(killed):
    folder, _ = killed
    expected, told = arrays_in(folder / "unbroken"), records_in(folder / "unbroken")
    assert len(expected) > 80 and len(told) > 8
    for number in range(POINTS):
        output = folder / str(number)
        found = arrays_in(output)
        assert found.keys() == expected.keys(), number
        different = [name for name, array in expected.items() if not np.array_equal(array, found[name])]
        assert different == [], number
        assert records_in(output) == told, number


def test_nothing_half_done_is_left(killed):
    folder, _ = killed
    names = sorted(path.name for path in (folder / "unbroken").iterdir())
    assert names == ["best_accuracy", "iter_epoch_2", "iter_epoch_3", "latest", "train", "train.log"]
    for number in range(POINTS):
        resolve(None, folder / str(number))  # what any later run does first
        assert sorted(path.name for path in (folder / str(number)).iterdir()) == names
