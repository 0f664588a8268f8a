"""What the user accepts of a dataset's faults, from the configuration to the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrflow.config import RunConfig
from ocrflow.data.fault_log import read_excluded
from ocrflow.errors import DataError, UsageError
from ocrflow.stages.base import run_stage

Config = Callable[..., RunConfig]


def change_label(root: Path, line: int, label: str) -> None:
    lines = (root / "train.txt").read_text().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].partition("\t")[0] + f"\t{label}\n"
    (root / "train.txt").write_text("".join(lines))


def read(output: Path, name: str) -> Any:
    return json.loads((output / name).read_text(encoding="utf-8"))


def test_accepted_rows_are_left_out_by_name(
    labelled: Path, check_config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    change_label(labelled, 3, "ax")
    result = run_stage("check_dataset", check_config(allow={"label_unknown_character": 0.05}))
    said, folder = capsys.readouterr().out, labelled.parent / "out" / "check_dataset"
    assert result["check_pass"] is True and result["faults"] == {"label_unknown_character": 1}
    assert result["accepted"] == {"label_unknown_character": 1}
    assert result["excluded_rows"] == {"train": 1, "val": 0}
    assert "accepted by CheckDataset.allow: label_unknown_character" in said and str(folder / "excluded.jsonl") in said
    assert "error label_unknown_character (1)" in said and "16 train + 4 val rows, 2 characters, 0 errors" in said
    assert read_excluded(labelled.parent / "out") == {("train", 3)}
    assert [read(folder, "faults.jsonl")["accepted"], read(folder, "excluded.jsonl")["codes"]] == [
        True,
        ["label_unknown_character"],
    ]


def test_more_than_allowed_fails_and_says_how_many(labelled: Path, check_config: Config) -> None:
    change_label(labelled, 3, "ax")
    change_label(labelled, 4, "ay")
    config = check_config(allow={"label_unknown_character": 0.05, "image_missing": 0.5})
    with pytest.raises(DataError) as raised:
        run_stage("check_dataset", config)
    assert "CheckDataset.allow.label_unknown_character=0.05: 2 of 20 rows have it (10.00%)" in str(raised.value)
    assert "image_missing" not in str(raised.value)
    result = read(labelled.parent / "out", "check_dataset_result.json")
    assert (result["check_pass"], result["done_flag"], result["accepted"]) == (False, False, {})
    assert read_excluded(labelled.parent / "out") == set()


def test_another_error_fails_whatever_is_accepted(labelled: Path, check_config: Config) -> None:
    config = check_config(allow={"label_unknown_character": 0.5})
    change_label(labelled, 3, "ax")
    run_stage("check_dataset", config)
    assert read_excluded(labelled.parent / "out") == {("train", 3)}
    change_label(labelled, 5, "")
    with pytest.raises(DataError, match="label_blank"):
        run_stage("check_dataset", config)
    assert read_excluded(labelled.parent / "out") == set()


def test_an_image_that_was_accepted_as_missing_is_not_drawn(labelled: Path, check_config: Config) -> None:
    (labelled / "images/1.png").unlink()
    (labelled / "images/17.png").write_bytes(b"junk")
    result = run_stage("check_dataset", check_config(allow={"image_missing": 0.1, "image_undecodable": 0.1}))
    assert result["excluded_rows"] == {"train": 1, "val": 1}
    assert result["attributes"]["train_samples"] == 16 and len(result["attributes"]["train_sample_paths"]) == 9
    assert [Path(name).name for name in result["attributes"]["val_sample_paths"]] == [
        f"val_000{line}_{line + 16}.jpg" for line in (2, 3, 4)
    ]


def test_what_was_accepted_once_is_not_for_ever(labelled: Path, check_config: Config) -> None:
    change_label(labelled, 3, "ax")
    run_stage("check_dataset", check_config(allow={"label_unknown_character": 0.05}))
    with pytest.raises(DataError, match="label_unknown_character"):
        run_stage("check_dataset", check_config())
    assert read_excluded(labelled.parent / "out") == set()
    change_label(labelled, 3, "ab")
    assert run_stage("check_dataset", check_config())["excluded_rows"] == {"train": 0, "val": 0}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("label_unknown", r"no fault code 'label_unknown' \(did you mean 'label_"),
        ("image_orphan", "is a warning"),
        ("list_missing", "is not of single rows"),
        ("dict_duplicate", "is not of single rows"),
    ],
)
def test_a_policy_that_means_nothing_is_refused_before_the_check(
    labelled: Path, check_config: Config, code: str, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        run_stage("check_dataset", check_config(allow={code: 0.1}))
    assert not (labelled.parent / "out/check_dataset").exists()
