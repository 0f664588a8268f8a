"""What every stage has in common, shown with a stage that is made here."""

from __future__ import annotations

import errno
import json
import os
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrflow.config import RunConfig
from ocrflow.errors import DataError, OutsideError, UsageError
from ocrflow.stages.base import STAGES, result_of, result_path, run_stage

Run = Callable[[RunConfig], dict[str, Any]]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], str]:
    """Make a function the stage called `made_here`."""

    def make(run: Run) -> str:
        monkeypatch.setitem(sys.modules, "ocrflow.stages.made_here", types.SimpleNamespace(run=run))  # type: ignore[arg-type]
        return "made_here"

    return make


@pytest.fixture
def config(tmp_path: Path) -> RunConfig:
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "train.txt").write_text("a.png\ta\n")
    return config_of(tmp_path / "dataset", tmp_path / "output")


def config_of(dataset: Path | str, output: Path | str, **more: dict[str, Any]) -> RunConfig:
    return RunConfig.model_validate({"Global": {"dataset_dir": str(dataset), "output": str(output)}, **more})


def names_in(folder: Path | str) -> list[str]:
    return [path.name for path in Path(folder).iterdir()]


def written(config: RunConfig) -> Any:
    return json.loads(result_path(config, "made_here").read_text(encoding="utf-8"))


def fail(error: BaseException) -> Run:
    def run(_: RunConfig) -> dict[str, Any]:
        raise error

    return run


def test_the_result_is_returned_and_written(config: RunConfig, stage: Callable[[Run], str]) -> None:
    result = run_stage(stage(lambda seen: {"model": seen.Global.model, "text": "车"}), config)
    assert result == {"done_flag": True, "model": "PP-OCRv6_tiny_rec", "text": "车"}
    assert written(config) == result
    assert result_of(config, "made_here") == result
    assert names_in(config.Global.output) == ["made_here_result.json"]


def test_an_error_is_written_and_raised(config: RunConfig, stage: Callable[[Run], str]) -> None:
    error = DataError("bad row", fix="mend it")
    error.result = {"check_pass": False}  # type: ignore[attr-defined]
    with pytest.raises(DataError) as caught:
        run_stage(stage(fail(error)), config)
    assert caught.value is error
    assert written(config) == {
        "done_flag": False,
        "err_type": "DataError",
        "err_msg": "bad row\n  fix: mend it",
        "check_pass": False,
    }


@pytest.mark.parametrize("error", [ZeroDivisionError("a defect"), KeyboardInterrupt(), SystemExit(5)])
def test_whatever_ends_a_stage_no_old_success_stays(
    config: RunConfig, stage: Callable[[Run], str], error: BaseException
) -> None:
    run_stage(stage(lambda _: {"acc": 0.9}), config)
    with pytest.raises(type(error)) as caught:
        run_stage(stage(fail(error)), config)
    assert caught.value is error
    assert written(config) == {"done_flag": False, "err_type": type(error).__name__, "err_msg": str(error)}
    with pytest.raises(UsageError, match="the stage made_here failed"):
        result_of(config, "made_here")


def outputs(tmp_path: Path) -> dict[str, RunConfig]:
    """Ways to write into the dataset."""
    dataset = tmp_path / "dataset"
    (tmp_path / "link").symlink_to(dataset)
    (tmp_path / "link_inside").symlink_to(dataset / "images")
    (tmp_path / "other").mkdir()
    return {
        "itself": config_of(dataset, dataset),
        "inside": config_of(dataset, dataset / "output"),
        "deep inside": config_of(dataset, dataset / "a" / "b"),
        "by ..": config_of(dataset, tmp_path / "other" / ".." / "dataset" / "output"),
        "by a link": config_of(dataset, tmp_path / "link" / "output"),
        "by a link to a folder that is not there": config_of(dataset, tmp_path / "link_inside"),
        "dataset by a link": config_of(tmp_path / "link", dataset / "output"),
        "relative": config_of(".", "output"),
        "the exported model": config_of(dataset, tmp_path / "output", Export={"save_dir": str(dataset / "export")}),
    }


@pytest.mark.parametrize(
    "way",
    [
        "itself",
        "inside",
        "deep inside",
        "by ..",
        "by a link",
        "by a link to a folder that is not there",
        "dataset by a link",
        "relative",
        "the exported model",
    ],
)
def test_results_do_not_go_into_the_dataset(
    config: RunConfig, stage: Callable[[Run], str], tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "dataset")
    inside = outputs(tmp_path)[way]
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="lies in the dataset") as caught:
        run_stage(stage(fail(AssertionError("the stage ran"))), inside)
    assert "-o Export.save_dir=DIR" in str(caught.value) or "-o Global.output=DIR" in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before, "nothing was written"


@pytest.mark.parametrize("name", STAGES)
def test_no_stage_writes_into_the_dataset(config: RunConfig, name: str) -> None:
    dataset = Path(config.Global.dataset_dir)
    with pytest.raises(UsageError, match="lies in the dataset"):
        run_stage(name, config_of(dataset, dataset))
    assert names_in(dataset) == ["train.txt"]


def test_an_output_beside_or_above_the_dataset_is_fine(config: RunConfig, stage: Callable[[Run], str]) -> None:
    dataset = Path(config.Global.dataset_dir)
    for output in (dataset.parent, dataset.with_name("dataset2"), dataset.with_name("data")):
        beside = config_of(dataset, output)
        assert run_stage(stage(lambda _: {}), beside)["done_flag"]
        assert written(beside) == {"done_flag": True}
    assert names_in(dataset) == ["train.txt"]


@pytest.mark.parametrize("below", ["", "deep/er"])
def test_an_output_that_is_a_file(config: RunConfig, stage: Callable[[Run], str], tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutsideError, match="a file is where a folder is needed") as caught:
        run_stage(
            stage(fail(AssertionError("the stage ran"))), config_of(tmp_path / "dataset", tmp_path / "file" / below)
        )
    assert caught.value.exit_code == 3
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk_leaves_the_old_result(
    config: RunConfig, stage: Callable[[Run], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_stage(stage(lambda _: {"acc": 0.9}), config)
    before = result_path(config, "made_here").read_bytes()

    def full_disk(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutsideError, match=r"made_here_result.json: No space left on device\n  fix: free space"):
        run_stage(stage(lambda _: {"acc": 0.1}), config)
    assert result_path(config, "made_here").read_bytes() == before
    with pytest.raises(DataError, match="bad row"):
        run_stage(stage(fail(DataError("bad row"))), config)
    assert names_in(config.Global.output) == ["made_here_result.json"]


def test_a_stage_that_did_not_run(config: RunConfig) -> None:
    with pytest.raises(UsageError, match=r"check_dataset_result\.json: the stage check_dataset has not run") as caught:
        result_of(config, "check_dataset")
    assert caught.value.fix == "ocrflow check-dataset -c CONFIG"


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00", '"x"'])
def test_a_result_that_is_damaged(config: RunConfig, content: str) -> None:
    Path(config.Global.output).mkdir()
    result_path(config, "train").write_text(content)
    with pytest.raises(UsageError, match=r"train_result\.json: not a result of the stage train"):
        result_of(config, "train")


def test_a_failed_stage_says_why(config: RunConfig) -> None:
    Path(config.Global.output).mkdir()
    result_path(config, "train").write_text('{"done_flag": false, "err_msg": "no weights\\n  fix: x"}')
    with pytest.raises(UsageError, match=r"the stage train failed: no weights\n  fix: ocrflow train"):
        result_of(config, "train")
