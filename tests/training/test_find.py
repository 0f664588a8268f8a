"""`Train.resume_path: auto`."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_folders import write

from ocrflow.training.find import mark_run, marked_run, new_run, periodic, resolve


def checkpoint(output: Path, name: str, step: int, run: str = "a") -> Path:
    return write(output / name, record={"global_step": step, "run": run})


@pytest.fixture
def output(tmp_path):
    mark_run(tmp_path, "a")
    for name, step in (("iter_epoch_2", 20), ("iter_epoch_10", 100), ("latest", 105), ("best_accuracy", 200)):
        checkpoint(tmp_path, name, step)
    return tmp_path


def path_of(output: Path, name: str) -> str:
    return str(output / name / f"{name}.pdparams")


def test_the_newest(output):
    found = resolve("auto", output)
    assert (found.path, found.lines) == (path_of(output, "latest"), [])


def test_damaged_ones_are_skipped_and_told(output):
    (output / "latest" / "latest.pdparams").write_text("")
    found = resolve("auto", output)
    assert found.path == path_of(output, "iter_epoch_10")
    told = f"Train.resume_path=auto: skipped {output / 'latest'}: latest.pdparams has 0 bytes, expected 3"
    assert found.lines == [told]
    (output / "iter_epoch_10" / "iter_epoch_10.info.json").write_text("{")
    found = resolve("auto", output)
    assert found.path == path_of(output, "iter_epoch_2")
    assert len(found.lines) == 2 and "iter_epoch_10.info.json, which is written last" in "".join(found.lines)


def test_nothing_there(tmp_path):
    found = resolve("auto", tmp_path / "output")
    told = f"Train.resume_path=auto: nothing to go on from in {tmp_path / 'output'}, starting anew"
    assert (found.path, found.lines) == (None, [told])


def test_checkpoints_of_an_earlier_training_do_not_count(output):
    mark_run(output, "b")
    found = resolve("auto", output)
    assert found.path is None
    assert sum("of an earlier training in this folder" in line for line in found.lines) == 3
    checkpoint(output, "iter_epoch_1", 10, run="b")
    assert resolve("auto", output).path == path_of(output, "iter_epoch_1")
    (output / "train" / "run.json").unlink()  # as `dvc repro` removes the folder, which leaves latest/
    assert resolve("auto", output).path == path_of(output, "latest")


@pytest.mark.parametrize("asked", [None, "some/where.pdparams"])
def test_other_values_are_taken_as_they_are(output, asked):
    (output / ".latest.new").mkdir()
    assert (resolve(asked, output).path, resolve(asked, output).lines) == (asked, [])
    assert not (output / ".latest.new").exists()


def test_periodic_ones_by_number(output):
    (output / "iter_epoch_x").mkdir()
    assert [path.name for path in periodic(output)] == ["iter_epoch_10", "iter_epoch_2"]


def test_runs_have_names(tmp_path):
    assert marked_run(tmp_path) == ""
    assert new_run() != new_run()
    mark_run(tmp_path, "x")
    assert marked_run(tmp_path) == "x"
    (tmp_path / "train" / "run.json").write_text("[]")
    assert marked_run(tmp_path) == ""
