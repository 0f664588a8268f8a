"""The stage expectations on small datasets of both tasks."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow.config import RunConfig
from ocrflow.data.fingerprint import data_version
from ocrflow.data.row_table import COLUMNS
from ocrflow.errors import DataError, UsageError
from ocrflow.expectations.suite import load_suite
from ocrflow.files import read_json, sha256_of
from ocrflow.models import TEXT_DETECTION, TEXT_RECOGNITION
from ocrflow.stages.base import run_stage
from ocrflow.tasks.text_detection.columns import COLUMNS as OF_DETECTION
from ocrflow.tasks.text_recognition.columns import COLUMNS as OF_RECOGNITION

DOCS = Path(__file__).parents[2] / "docs" / "expectations.md"
MODELS = {TEXT_RECOGNITION: "PP-OCRv6_tiny_rec", TEXT_DETECTION: "PP-OCRv4_mobile_det"}
SIZES = {"train": 120, "val": 40}


def noise(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A picture that is like no other."""
    return cv2.resize(rng.integers(0, 256, (6, 12, 3), dtype=np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)


def write_rows(root: Path, label_of: Any, height: int, width: int) -> Path:
    """120 rows of train and 40 of val with pictures of their own."""
    rng = np.random.default_rng(1)
    (root / "images").mkdir(parents=True)
    for split, count in SIZES.items():
        for number in range(count):
            cv2.imwrite(str(root / f"images/{split}_{number}.png"), noise(rng, height, width))
        rows = [f"images/{split}_{number}.png\t{label_of(number)}\n" for number in range(count)]
        (root / f"{split}.txt").write_text("".join(rows))
    return root


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A recognition dataset that meets the built-in suite."""
    root = write_rows(tmp_path / "set", lambda number: f"no {number}", 24, 80)
    (root / "dict.txt").write_text("".join(f"{char}\n" for char in "no0123456789"))
    return root


def config_of(root: Path, task: str = TEXT_RECOGNITION, **check: Any) -> RunConfig:
    section = {"model": MODELS[task], "dataset_dir": str(root), "output": str(root.parent / "out")}
    return RunConfig.model_validate({"Global": section, "CheckDataset": check})


def with_suite(root: Path, text: str) -> RunConfig:
    path = root.parent / "mine.yaml"
    path.write_text(text)
    return config_of(root, expectations=str(path))


def checked(config: RunConfig) -> RunConfig:
    run_stage("check_dataset", config)
    return config


def test_good_rows_meet_the_built_in_suite(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = data_version(dataset)
    config = checked(config_of(dataset))
    capsys.readouterr()
    result = run_stage("expectations", config)
    out = dataset.parent / "out"
    assert result["done_flag"] and result["success"] and result == read_json(out / "expectations_result.json")
    assert [item["name"] for item in result["expectations"]] == [
        item.name for item in load_suite(TEXT_RECOGNITION).entries
    ]
    number = len(result["expectations"])
    assert result["statistics"] == {"evaluated": number, "met": number, "errors": 0, "warnings": 0, "skipped": 0}
    assert result["rows"] == {"train": 120, "val": 40, "excluded": 0} and result["skipped"] == []
    assert result["data_version"] == result["made_of"]["data_version"] == before == data_version(dataset)
    page = (out / result["docs"]).read_text(encoding="utf-8")
    assert all(item["name"] in page for item in result["expectations"])
    assert read_json(out / result["validation"])["success"] is True
    assert (
        capsys.readouterr().out
        == f"{number} of {number} expectations met by 160 rows, 0 warnings, the page: {out}/expectations/index.html\n"
    )


def test_what_is_not_met_ends_the_run_with_all_results(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite = """
- {name: length_usual, max_value: 4, mostly: 1, severity: error, why: numbers have one digit}
- {name: val_rows, min_value: 41}
- {name: odd, expectation: expect_column_values_to_match_regex, column: label, regex: "[13579]$", mostly: 0.4}
"""
    config = checked(with_suite(dataset, suite))
    with pytest.raises(DataError) as caught:
        run_stage("expectations", config)
    text = str(caught.value)
    assert caught.value.exit_code == 1 and "1 of 20 expectations are not met, and 1 warning" in text
    assert "error length_usual: length values must be at most 4." in text and "numbers have one digit" in text
    assert f"{dataset}/train.txt:11: images/train_10.png length=5" in text and "not in 140 of 160 rows" in text
    assert "warning val_rows" in text and "found: 40" in text and "odd" not in text
    assert f"{dataset.parent}/out/expectations/index.html" in text and "docs/expectations.md" in text
    result = read_json(dataset.parent / "out/expectations_result.json")
    assert (result["done_flag"], result["success"]) == (False, False)
    assert result["statistics"] == {"evaluated": 20, "met": 18, "errors": 1, "warnings": 1, "skipped": 0}
    failed = {item["name"]: item for item in result["expectations"] if not item["success"]}
    assert set(failed) == {"length_usual", "val_rows"}
    assert [item["line"] for item in failed["length_usual"]["examples"]] == [11, 12, 13, 14, 15]
    assert result["suite"][1] == {
        "file": f"{dataset.parent}/mine.yaml",
        "sha256": sha256_of(dataset.parent / "mine.yaml"),
    }
    page = (dataset.parent / "out/expectations/index.html").read_text(encoding="utf-8")
    assert all(item["name"] in page for item in result["expectations"]) and page.count("<img ") == 5


def test_warnings_are_told_and_stop_nothing(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = checked(
        with_suite(dataset, "drop: [label_trimmed]\nexpectations:\n- {name: train_rows, min_value: 999}\n")
    )
    capsys.readouterr()
    assert run_stage("expectations", config)["success"]
    told = capsys.readouterr().out
    assert told.startswith(
        'warning train_rows: If split == "train", then must have at least 999 rows.\n    found: 120\n'
    )
    assert "17 of 18 expectations met by 160 rows, 1 warning, the page: " in told


def test_a_wrong_suite_is_refused_before_anything_is_read(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = checked(
        with_suite(dataset, "- expectation: expect_column_max_to_be_between\n  column: lenght\n  max_value: 3\n")
    )
    monkeypatch.setattr("ocrflow.stages.expectations.read_row_table", lambda *arguments: pytest.fail("rows were read"))
    with pytest.raises(UsageError, match=r"mine\.yaml:2: no column 'lenght' \(did you mean 'length'"):
        run_stage("expectations", config)
    assert not (dataset.parent / "out/expectations").exists()


def test_old_pages_do_not_outlive_a_failure(dataset: Path) -> None:
    run_stage("expectations", checked(config_of(dataset)))
    with pytest.raises(UsageError, match="no expectation 'expect_this'"):
        run_stage("expectations", with_suite(dataset, "- expectation: expect_this\n"))
    assert not (dataset.parent / "out/expectations").exists()
    assert not read_json(dataset.parent / "out/expectations_result.json")["done_flag"]


def test_a_leak_counts_unless_the_rows_are_divided_anew(dataset: Path) -> None:
    suite = "drop: [one_label_an_image]\n"
    shutil.copy(dataset / "images/train_3.png", dataset / "images/val_5.png")
    (dataset / "val.txt").write_text((dataset / "val.txt").read_text().replace("val_5.png\tno 5", "val_5.png\tno 3"))
    allow = {"image_in_both_splits": 1.0}
    divided = {"enable": True, "train_percent": 80, "val_percent": 20}
    with_suite(dataset, suite)
    mine = str(dataset.parent / "mine.yaml")
    result = run_stage("expectations", checked(config_of(dataset, expectations=mine, split=divided)))
    assert result["success"] and result["skipped"] == ["train_rows", "val_rows", "val_share", "no_image_in_both_lists"]
    assert result["statistics"]["skipped"] == 4
    excluding = run_stage("expectations", checked(config_of(dataset, expectations=mine, allow=allow)))
    assert excluding["rows"] == {"train": 120, "val": 39, "excluded": 1} and excluding["success"]
    (dataset.parent / "out/check_dataset/excluded.jsonl").unlink()
    with pytest.raises(DataError, match=r"(?s)no_image_in_both_lists.*train\.txt:4.*val\.txt:6"):
        run_stage("expectations", config_of(dataset, expectations=mine, allow=allow))


def test_only_a_dataset_that_passed_is_judged(dataset: Path) -> None:
    config = config_of(dataset)
    with pytest.raises(UsageError, match="the stage check_dataset has not run"):
        run_stage("expectations", config)
    labels = (dataset / "train.txt").read_text()
    (dataset / "train.txt").write_text(labels.replace("no 3\n", "no x\n"))
    with pytest.raises(DataError):
        run_stage("check_dataset", config)
    with pytest.raises(UsageError, match="the stage check_dataset failed"):
        run_stage("expectations", config)


def test_a_dataset_that_changed_is_refused(dataset: Path) -> None:
    config = checked(config_of(dataset))
    image = dataset / "images/val_1.png"
    later = image.stat().st_mtime_ns + 10**10
    os.utime(image, ns=(later, later))
    assert run_stage("expectations", config)["success"], "touched is not changed"
    cv2.imwrite(str(image), noise(np.random.default_rng(99), 24, 80))
    os.utime(image, ns=(later, later))
    with pytest.raises(UsageError, match=r"a file of .* changed since check_dataset"):
        run_stage("expectations", config)
    (dataset / "dict.txt").write_text("n\no\n")
    with pytest.raises(UsageError, match=r"dict\.txt of .* is not what check_dataset saw"):
        run_stage("expectations", config)


def boxes_of(number: int) -> str:
    def box(text: str, top: int) -> dict[str, Any]:
        return {"transcription": text, "points": [[10, top], [150, top], [150, top + 20], [10, top + 20]]}

    return json.dumps([box(f"no {number}", 10), box("###" if number % 2 else "two", 50)])


def test_detection_has_its_own_suite(tmp_path: Path) -> None:
    root = write_rows(tmp_path / "det", boxes_of, 120, 160)
    config = checked(config_of(root, TEXT_DETECTION))
    result = run_stage("expectations", config)
    assert result["success"] and result["statistics"]["warnings"] == 0
    assert [item["name"] for item in result["expectations"]] == [
        item.name for item in load_suite(TEXT_DETECTION).entries
    ]
    mine = tmp_path / "mine.yaml"
    mine.write_text("- {name: few_ignored, max_value: 0.4, mostly: 1, severity: error}\n")
    with pytest.raises(
        DataError, match=r"few_ignored.*\n.*not in 80 of 160 rows.*\n.*train\.txt:2: .* ignored_share=0\.5"
    ):
        run_stage("expectations", config_of(root, TEXT_DETECTION, expectations=str(mine)))


def test_the_library_is_loaded_by_the_stage_alone() -> None:
    import subprocess
    import sys

    code = (
        "import sys, ocrflow.stages.expectations; print('great_expectations' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_the_page_of_the_docs_names_every_column_and_key(dataset: Path) -> None:
    page = DOCS.read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./]+)`", page))
    assert set(COLUMNS | OF_RECOGNITION | OF_DETECTION) - named == set()
    result = run_stage("expectations", checked(config_of(dataset)))
    assert set(result) - named - {"done_flag"} == set()
    assert set(result["expectations"][0]) - named == set()
    assert set(result["statistics"]) - named == set()
