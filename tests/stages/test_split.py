"""The stage split and the lists that later stages get from it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.config import RunConfig
from ocrflow.data.fingerprint import data_version
from ocrflow.data.labels import read_rows
from ocrflow.data.lists import lists_of
from ocrflow.errors import DataError, UsageError
from ocrflow.files import sha256_of
from ocrflow.stages.base import run_stage

ANEW = {"enable": True, "train_percent": 50, "val_percent": 50}


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """30 train and 10 val rows with different images, CRLF line ends and no final newline."""
    root = tmp_path / "set"
    (root / "images").mkdir(parents=True)
    for number in range(40):
        cv2.imwrite(str(root / f"images/{number}.png"), np.full((24, 60, 3), number, np.uint8))
    rows = [f"images/{number}.png\t{number}" for number in range(40)]
    (root / "train.txt").write_text("\r\n".join(rows[:30]), newline="")
    (root / "val.txt").write_text("\n".join(rows[30:]) + "\n")
    (root / "dict.txt").write_text("".join(f"{digit}\n" for digit in range(10)))
    return root


def config_of(root: Path, **split: object) -> RunConfig:
    output = str(root.parent / "output")
    sections = {"Global": {"dataset_dir": str(root), "output": output}, "CheckDataset": {"split": split}}
    return RunConfig.model_validate(sections)


def images(path: Path) -> set[str]:
    return {row.image for row in read_rows(path)}


def test_without_enable_the_lists_are_normalised_copies(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = data_version(dataset)
    result = run_stage("split", config_of(dataset))
    text = (dataset.parent / "output/split/train.txt").read_bytes()
    assert b"\r" not in text and text.endswith(b"\n") and text.count(b"\n") == 30
    assert (dataset.parent / "output/split/val.txt").read_bytes() == (dataset / "val.txt").read_bytes()
    assert (result["enabled"], result["train_rows"], result["val_rows"]) == (False, 30, 10)
    assert (result["train_list"], result["val_list"]) == ("split/train.txt", "split/val.txt")
    assert result["source"]["train_txt"] == sha256_of(dataset / "train.txt")
    assert result["data_version"] == before == data_version(dataset)
    assert "30 train + 10 val rows" in capsys.readouterr().out


def test_enable_divides_all_rows_alike_each_time(dataset: Path) -> None:
    before = data_version(dataset)
    first = run_stage("split", config_of(dataset, **ANEW, seed=3))
    train, val = (images(dataset.parent / "output" / first[key]) for key in ("train_list", "val_list"))
    assert train | val == {f"images/{number}.png" for number in range(40)} and not train & val
    assert first["train_rows"] + first["val_rows"] == 40 and 8 <= first["val_rows"] <= 32
    assert run_stage("split", config_of(dataset, **ANEW, seed=3))["split_sha256"] == first["split_sha256"]
    assert run_stage("split", config_of(dataset, **ANEW, seed=4))["split_sha256"] != first["split_sha256"]
    assert data_version(dataset) == before


def test_copies_of_an_image_stay_together(dataset: Path) -> None:
    for number in range(1, 20):
        shutil.copy(dataset / "images/0.png", dataset / f"images/{number}.png")
    run_stage("split", config_of(dataset, **ANEW))
    train = images(dataset.parent / "output/split/train.txt")
    assert len({f"images/{number}.png" for number in range(20)} & train) in (0, 20)


def test_added_rows_move_no_others(dataset: Path) -> None:
    val_file = dataset.parent / "output/split/val.txt"
    run_stage("split", config_of(dataset, **ANEW))
    before = images(val_file)
    cv2.imwrite(str(dataset / "images/new.png"), np.full((24, 60, 3), 99, np.uint8))
    (dataset / "val.txt").write_text("images/new.png\t1\n" + (dataset / "val.txt").read_text())
    run_stage("split", config_of(dataset, **ANEW))
    assert images(val_file) - {"images/new.png"} == before


def test_one_list_is_enough_to_divide(dataset: Path) -> None:
    (dataset / "val.txt").unlink()
    assert run_stage("split", config_of(dataset, **ANEW))["val_rows"] > 0
    with pytest.raises(DataError, match=r"val\.txt: no such file"):
        run_stage("split", config_of(dataset))


def test_characters_that_train_lacks_are_told(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dataset / "val.txt").write_text("images/30.png\t3x\nimages/31.png\t3ä\n")
    assert run_stage("split", config_of(dataset))["characters_only_in_val"] == ["x", "ä"]
    assert "2 characters occur in val only" in capsys.readouterr().out


@pytest.mark.parametrize(
    "percentages",
    [
        {},
        {"train_percent": 80},
        {"train_percent": 80, "val_percent": 10},
        {"train_percent": 100, "val_percent": 0},
    ],
)
def test_percentages_that_make_no_sense(dataset: Path, percentages: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="sum to 100"):
        run_stage("split", config_of(dataset, enable=True, **percentages))
    assert not (dataset.parent / "output/split").exists()


def test_an_empty_side_is_refused(dataset: Path) -> None:
    (dataset / "train.txt").write_text("images/1.png\t1\n")
    (dataset / "val.txt").unlink()
    with pytest.raises(DataError, match="1 rows of 1 images"):
        run_stage("split", config_of(dataset, **ANEW))


def test_a_missing_image_is_named(dataset: Path) -> None:
    (dataset / "images/5.png").unlink()
    with pytest.raises(DataError, match=r"images/5\.png"):
        run_stage("split", config_of(dataset, **ANEW))


def test_a_dataset_that_did_not_pass_is_refused(dataset: Path) -> None:
    (dataset / "dict.txt").write_text("1\n")
    with pytest.raises(DataError):
        run_stage("check_dataset", config_of(dataset))
    with pytest.raises(UsageError, match="did not pass"):
        run_stage("split", config_of(dataset))


def test_a_dataset_that_was_not_the_checked_one_is_refused(dataset: Path) -> None:
    run_stage("check_dataset", config_of(dataset))
    run_stage("split", config_of(dataset))
    (dataset / "val.txt").write_text("images/30.png\t3\n")
    with pytest.raises(UsageError, match=r"val\.txt of .* is not what check_dataset saw"):
        run_stage("split", config_of(dataset))


def test_lists_are_those_of_the_split(dataset: Path) -> None:
    config = config_of(dataset, **ANEW)
    result = run_stage("split", config)
    lists = lists_of(config)
    assert (len(lists.train), len(lists.val)) == (result["train_rows"], result["val_rows"])
    assert lists.split_sha256 == result["split_sha256"] and lists.data_version == result["data_version"]
    assert lists.train_file == dataset.parent / "output/split/train.txt" and lists.root == dataset
    assert lists.dictionary == [str(digit) for digit in range(10)]


def test_without_a_split_lists_are_those_of_the_dataset(dataset: Path) -> None:
    lists = lists_of(config_of(dataset))
    assert (len(lists.train), len(lists.val)) == (30, 10) and lists.train_file == dataset / "train.txt"
    assert lists.data_version == data_version(dataset)


def test_a_split_that_was_asked_for_must_have_run(dataset: Path) -> None:
    with pytest.raises(UsageError, match="split has not run"):
        lists_of(config_of(dataset, **ANEW))


def test_stale_splits_are_refused(dataset: Path) -> None:
    config = config_of(dataset, **ANEW)
    run_stage("split", config)
    with pytest.raises(UsageError, match=r"another CheckDataset\.split: seed"):
        lists_of(config_of(dataset, **ANEW, seed=1))
    with pytest.raises(UsageError, match=r"another CheckDataset\.split: enabled"):
        lists_of(config_of(dataset))
    copy = dataset.parent / "output/split/val.txt"
    copy.write_text(copy.read_text() + "images/1.png\t1\n")
    with pytest.raises(UsageError, match="changed by hand"):
        lists_of(config)
    (dataset / "train.txt").write_text("images/1.png\t1\n")
    with pytest.raises(UsageError, match=r"train\.txt of .* changed since the split"):
        lists_of(config)


def test_the_recorded_data_version_is_used_until_a_file_changes(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_of(dataset)
    version = run_stage("check_dataset", config)["data_version"]
    with monkeypatch.context() as patch:
        patch.setattr("ocrflow.data.lists.data_version", lambda folder: pytest.fail("computed again"))
        assert lists_of(config).data_version == version
    image = dataset / "images/3.png"
    content = bytearray(image.read_bytes())
    content[-20] ^= 1
    image.write_bytes(content)
    later_ns = image.stat().st_mtime_ns + 10**9
    os.utime(image, ns=(later_ns, later_ns))
    assert lists_of(config).data_version == data_version(dataset) != version
