"""A check of what did not change is answered from the last one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrflow.config import RunConfig
from ocrflow.errors import DataError
from ocrflow.files import read_json, write_json
from ocrflow.stages import check_again
from ocrflow.stages.base import run_stage
from ocrflow.stages.check_again import last_result, state_of

Config = Callable[..., RunConfig]
UNCHANGED = "nothing changed since the last check"


@pytest.fixture
def checked(check_config: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The dataset has passed; ocrflow's own sources count as unchanged, others may edit them meanwhile."""
    state = check_again.folder_state
    own = str(Path(check_again.ocrflow.__file__).parent)
    monkeypatch.setattr(check_again, "folder_state", lambda path: "sources" if path == own else state(path))
    run_stage("check_dataset", check_config())
    return check_config


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[RunConfig], str]:
    """A function that runs the check and gives what it printed."""

    def run(config: RunConfig) -> str:
        capsys.readouterr()
        run_stage("check_dataset", config)
        return capsys.readouterr().out

    return run


Said = Callable[[RunConfig], str]


def files_of(output: Path) -> dict[str, int]:
    """The files of the check, with the time of their writing."""
    return {str(path): path.stat().st_mtime_ns for path in (output / "check_dataset").rglob("*") if path.is_file()}


def test_the_second_run_says_the_same_and_that_nothing_changed(
    labelled: Path, checked: Config, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = labelled.parent / "out"
    report = (output / "check_dataset/report.txt").read_text()
    first, files = read_json(output / "check_dataset_result.json"), files_of(output)

    def refuse(*_: object) -> None:
        raise AssertionError("it was looked at again")

    monkeypatch.setattr("ocrflow.tasks.examine.examine", refuse)
    assert said(checked()) == f"{report}{UNCHANGED}\n"
    assert read_json(output / "check_dataset_result.json") == first
    assert files_of(output) == files


def hidden_edit(path: Path) -> None:
    """Other bytes with the old size and the old modification time."""
    status = path.stat()
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.write(content.replace(b"ab\n", b"ba\n", 1))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


EDITS: dict[str, Callable[[Path], Any]] = {
    "a label": lambda root: (root / "val.txt").write_text((root / "val.txt").read_text().replace("ab", "ba", 1)),
    "a label, same size and time": lambda root: hidden_edit(root / "train.txt"),
    "the dictionary": lambda root: (root / "dict.txt").write_text("b\na\n"),
    "an image": lambda root: shutil.copy(root / "images/1.png", root / "images/alone.png"),
    "an image touched": lambda root: (root / "images/3.png").touch(),
    "a file beside": lambda root: (root / "readme").touch(),
    "a folder": lambda root: (root / "more").mkdir(),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_any_edit_of_the_data_is_checked(
    labelled: Path, checked: Config, said: Said, edit: Callable[[Path], Any]
) -> None:
    edit(labelled)
    assert UNCHANGED not in said(checked())
    assert UNCHANGED in said(checked())


def test_an_error_that_appears_is_found(labelled: Path, checked: Config, said: Said) -> None:
    content = (labelled / "images/3.png").read_bytes()
    (labelled / "images/3.png").write_bytes(content[:-40])
    for _ in range(2):
        with pytest.raises(DataError, match="image_truncated"):
            run_stage("check_dataset", checked())
    (labelled / "images/3.png").write_bytes(content)
    assert UNCHANGED not in said(checked())


@pytest.mark.parametrize(
    "settings",
    [
        {"split": {"enable": True, "train_percent": 80, "val_percent": 20}},
        {"allow": {"label_blank": 0.1}},
        {"expectations": "suite.yaml"},
    ],
)
def test_other_settings_are_another_check(checked: Config, said: Said, settings: dict[str, object]) -> None:
    assert UNCHANGED not in said(checked(**settings))
    assert UNCHANGED in said(checked(**settings))
    assert UNCHANGED not in said(checked())


@pytest.mark.parametrize("section", [{"Train": {"base_width": 96}}, {"Global": {"model": "PP-OCRv5_mobile_rec"}}])
def test_the_model_and_its_width_count(checked: Config, said: Said, section: dict[str, dict[str, object]]) -> None:
    plain = checked().model_dump()
    changed = {name: {**plain[name], **keys} for name, keys in section.items()}
    assert UNCHANGED not in said(RunConfig.model_validate({**plain, **changed}))


def test_settings_of_other_stages_do_not_count(checked: Config, said: Said) -> None:
    plain = checked().model_dump()
    plain["Train"] |= {"epochs_iters": 77, "batch_size": 3}
    assert UNCHANGED in said(RunConfig.model_validate(plain))


def test_the_same_dataset_by_another_path(labelled: Path, checked: Config, said: Said) -> None:
    (labelled.parent / "link").symlink_to(labelled)
    sections = {"dataset_dir": str(labelled.parent / "link"), "output": str(labelled.parent / "out")}
    assert UNCHANGED in said(RunConfig.model_validate({"Global": sections}))


def test_a_copy_elsewhere_is_another_dataset(labelled: Path, checked: Config, said: Said) -> None:
    shutil.copytree(labelled, labelled.parent / "copy")
    sections = {"dataset_dir": str(labelled.parent / "copy"), "output": str(labelled.parent / "out")}
    assert UNCHANGED not in said(RunConfig.model_validate({"Global": sections}))


@pytest.mark.parametrize(
    "name", ["histogram.png", "demo_img/train_0001_1.jpg", "demo_img/val_0004_20.jpg", "faults.jsonl", "report.txt"]
)
def test_a_deleted_output_is_written_again(labelled: Path, checked: Config, said: Said, name: str) -> None:
    (labelled.parent / "out/check_dataset" / name).unlink()
    assert UNCHANGED not in said(checked())
    assert (labelled.parent / "out/check_dataset" / name).is_file()
    assert UNCHANGED in said(checked())


def test_a_deleted_list_of_excluded_rows_is_written_again(labelled: Path, checked: Config, said: Said) -> None:
    (labelled / "images/3.png").unlink()
    config, path = checked(allow={"image_missing": 0.5}), labelled.parent / "out/check_dataset/excluded.jsonl"
    run_stage("check_dataset", config)
    assert UNCHANGED in said(config)
    path.unlink()
    assert UNCHANGED not in said(config) and path.is_file()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"done_flag": true}', '{"state": null, "done_flag": true}'])
def test_a_damaged_result_is_no_result(labelled: Path, checked: Config, said: Said, content: str) -> None:
    (labelled.parent / "out/check_dataset_result.json").write_text(content)
    assert UNCHANGED not in said(checked())


def test_a_failure_is_never_repeated_from_memory(labelled: Path, checked: Config) -> None:
    path = labelled.parent / "out/check_dataset_result.json"
    config = checked()
    write_json(path, read_json(path) | {"done_flag": False})
    assert last_result(config, path.parent / "check_dataset", state_of(config)) is None


def test_another_version_of_ocrflow_checks_again(checked: Config, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    state = check_again.folder_state
    monkeypatch.setattr(check_again, "folder_state", lambda path: {"sources": "edited"}.get(state(path), state(path)))
    assert UNCHANGED not in said(checked())


def test_a_dataset_whose_state_is_unknown_is_always_checked(labelled: Path, checked: Config, said: Said) -> None:
    (labelled / "broken").symlink_to("nowhere")
    assert state_of(checked()) is None
    for _ in range(2):
        assert UNCHANGED not in said(checked())
