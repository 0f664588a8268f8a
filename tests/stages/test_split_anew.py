"""The stage split when it divides anew: groups, strata, exclusions, in place, both tasks."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow.config import RunConfig
from ocrflow.data.boxes import Box, boxes_text
from ocrflow.data.fingerprint import data_version
from ocrflow.data.labels import read_rows
from ocrflow.data.lists import lists_of
from ocrflow.data.split_in_place import JOURNAL
from ocrflow.errors import DataError, OcrflowError, UsageError
from ocrflow.stages.base import run_stage

ANEW: dict[str, Any] = {"enable": True, "train_percent": 50, "val_percent": 50}
SQUARE = ((5.0, 5.0), (90.0, 5.0), (90.0, 40.0), (5.0, 40.0))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(tmp_path / "cache"))


def picture(seed: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).uniform(0, 255, (6, 14, 3)).astype(np.float32)
    return cv2.resize(coarse, (140, 60), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


def write_dataset(root: Path, labels: Sequence[str], val_from: int) -> Path:
    (root / "images").mkdir(parents=True)
    lines = []
    for number, label in enumerate(labels):
        cv2.imwrite(str(root / f"images/page{number // 4}_{number}.png"), picture(number))
        lines.append(f"images/page{number // 4}_{number}.png\t{label}\n")
    (root / "train.txt").write_text("".join(lines[:val_from]).rstrip("\n"), encoding="utf-8")
    (root / "val.txt").write_text("".join(lines[val_from:]), encoding="utf-8")
    return root


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """40 recognition rows of 10 pages; train.txt has no final newline."""
    root = write_dataset(tmp_path / "set", [str(number) for number in range(40)], 30)
    (root / "dict.txt").write_text("".join(f"{digit}\n" for digit in range(10)))
    return root


@pytest.fixture
def detection(tmp_path: Path) -> Path:
    """24 detection rows of one text and one ignored box, without a dictionary."""
    labels = [boxes_text([Box(f"N{number}", SQUARE), Box("###", SQUARE)]) for number in range(24)]
    return write_dataset(tmp_path / "set", labels, 20)


def config_of(root: Path, model: str = "PP-OCRv6_tiny_rec", allow: Any = None, **split: object) -> RunConfig:
    output = str(root.parent / "output")
    sections = {
        "Global": {"dataset_dir": str(root), "output": output, "model": model},
        "CheckDataset": {"split": split, "allow": allow or {}},
    }
    return RunConfig.model_validate(sections)


def sides(folder: Path) -> tuple[set[str], set[str]]:
    train, val = ({row.image for row in read_rows(folder / name)} for name in ("train.txt", "val.txt"))
    assert not train & val
    return train, val


def output(root: Path) -> Path:
    return root.parent / "output/split"


def test_nearly_equal_images_never_cross(dataset: Path) -> None:
    copies = []
    for number in range(12):
        name = f"images/copy_{number}.jpg"
        cv2.imwrite(str(dataset / name), cv2.add(picture(number), (10, 10, 10, 0)))
        copies.append(f"{name}\t{number}\n")
    (dataset / "val.txt").write_text("".join(copies))
    result = run_stage("split", config_of(dataset, **ANEW))
    train, val = sides(output(dataset))
    for number in range(12):
        pair = {f"images/copy_{number}.jpg", f"images/page{number // 4}_{number}.png"}
        assert pair <= train or pair <= val
    assert result["report"]["near_duplicate_clusters"] == 12 and result["report"]["groups"] == 30
    run_stage("split", config_of(dataset, **ANEW, near_duplicates=False))
    train, _ = sides(output(dataset))
    alone = [f"images/copy_{n}.jpg" in train for n in range(12)]
    assert alone != [f"images/page{n // 4}_{n}.png" in train for n in range(12)]


def test_pages_never_cross_and_stay_when_rows_are_added(dataset: Path) -> None:
    config = config_of(dataset, **ANEW, group_pattern=r"/(page\d+)_")
    report = run_stage("split", config)["report"]
    train, val = sides(output(dataset))
    pages = [{name.split("_")[0] for name in side} for side in (train, val)]
    assert pages[0] and pages[1] and not pages[0] & pages[1]
    assert (report["groups"], report["largest_group"], report["unmatched_pattern_rows"]) == (10, 4, 0)
    with (dataset / "val.txt").open("a") as file:
        for number in range(40, 60):
            cv2.imwrite(str(dataset / f"images/page{number % 15}_{number}.png"), picture(number))
            file.write(f"images/page{number % 15}_{number}.png\t{number}\n")
    run_stage("split", config)
    more_train, more_val = sides(output(dataset))
    assert train < more_train and val < more_val


def test_rows_without_a_page_go_alone_and_are_told(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = run_stage("split", config_of(dataset, **ANEW, group_pattern=r"/(page[0-4])_"))["report"]
    assert (report["groups"], report["unmatched_pattern_rows"]) == (5 + 20, 20)
    assert "20 rows have a path that group_pattern does not match" in capsys.readouterr().out


@pytest.mark.parametrize(("pattern", "message"), [("(doc", "at position 0"), (r"doc\d", "matches no image path")])
def test_a_pattern_that_cannot_be_used(dataset: Path, pattern: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run_stage("split", config_of(dataset, **ANEW, group_pattern=pattern))
    assert not output(dataset).exists()


def test_stratify_brings_every_character_to_train(dataset: Path) -> None:
    labels = [f"{'ab' * (number % 5)}{chr(0x4E00 + number // 2)}" for number in range(40)]
    write_dataset(dataset.parent / "rare", labels, 30)
    plain = run_stage("split", config_of(dataset.parent / "rare", **ANEW))
    assert plain["characters_only_in_val"] and plain["report"]["characters"]["only_in_val"] > 0
    result = run_stage("split", config_of(dataset.parent / "rare", **ANEW, stratify=True))
    assert not result["characters_only_in_val"] and result["report"]["characters"]["only_in_val"] == 0
    assert result["val_rows"] >= 5
    again = run_stage("split", config_of(dataset.parent / "rare", **ANEW, stratify=True))
    assert again["split_sha256"] == result["split_sha256"] != plain["split_sha256"]


def test_stratify_that_leaves_nothing_for_val(dataset: Path) -> None:
    write_dataset(dataset.parent / "rare", [chr(0x4E00 + number) for number in range(8)], 6)
    with pytest.raises(DataError, match="8 train and 0 val rows"):
        run_stage("split", config_of(dataset.parent / "rare", **ANEW, stratify=True))


@pytest.mark.parametrize("stratify", [False, True])
def test_detection(detection: Path, stratify: bool) -> None:
    config = config_of(detection, "PP-OCRv6_tiny_det", **ANEW, group_pattern=r"(page\d+)", stratify=stratify)
    result = run_stage("split", config)
    train, val = sides(output(detection))
    assert len(train | val) == 24 and result["report"]["groups"] == 6
    lengths = result["report"]["lengths"]
    assert lengths["train"]["labels"] + lengths["val"]["labels"] == 24 and lengths["train"]["max"] == 3
    assert "#" not in result["characters_only_in_val"] and result["report"]["characters"]["train"] <= 11


def allowed(dataset: Path, lines: dict[str, list[int]], **split: Any) -> RunConfig:
    """Check the dataset with rows that lack their image, and allow that."""
    for name, numbers in lines.items():
        rows = read_rows(dataset / name)
        for number in numbers:
            (dataset / rows[number - 1].image).unlink()
    config = config_of(dataset, allow={"image_missing": 0.9}, **split)
    run_stage("check_dataset", config)
    return config


def test_rows_that_the_check_left_out_are_left_out(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = allowed(dataset, {"train.txt": [2, 5], "val.txt": [1]})
    result = run_stage("split", config)
    train, val = sides(output(dataset))
    assert (len(train), len(val), result["report"]["excluded_rows"]) == (28, 9, 3)
    assert "images/page0_1.png" not in train and "images/page7_30.png" not in val
    assert "3 rows are left out" in capsys.readouterr().out
    lists = lists_of(config)
    assert (len(lists.train), len(lists.val)) == (28, 9)
    result = run_stage("split", config_of(dataset, allow={"image_missing": 0.9}, **ANEW))
    assert result["train_rows"] + result["val_rows"] == 37


def test_a_line_that_is_no_row_can_be_left_out(dataset: Path) -> None:
    (dataset / "val.txt").write_text((dataset / "val.txt").read_text() + "no columns\n")
    config = config_of(dataset, allow={"list_columns": 0.1})
    run_stage("check_dataset", config)
    result = run_stage("split", config)
    assert (result["val_rows"], result["report"]["excluded_rows"]) == (10, 1)


def test_one_side_without_a_row_is_refused(dataset: Path) -> None:
    with pytest.raises(DataError, match=r"CheckDataset\.allow would leave no row in val"):
        allowed(dataset, {"val.txt": list(range(1, 11))})


def test_a_later_check_that_leaves_out_others_makes_a_split_stale(dataset: Path) -> None:
    config = allowed(dataset, {"train.txt": [2]})
    run_stage("split", config)
    lists_of(config)
    path = dataset.parent / "output/check_dataset/excluded.jsonl"
    path.write_text(path.read_text() + path.read_text().replace('"line": 2', '"line": 3'))
    with pytest.raises(UsageError, match="left out other rows since the split"):
        lists_of(config)


def test_in_place_keeps_the_originals_and_glues_no_lines(dataset: Path) -> None:
    before = {name: (dataset / name).read_bytes() for name in ("train.txt", "val.txt")}
    config = config_of(dataset, **ANEW, in_place=True)
    first = run_stage("split", config)
    train, val = sides(dataset)
    assert len(train) + len(val) == 40 and first["train_rows"] == len(train)
    assert {name: (dataset / f"{name}.bak").read_bytes() for name in before} == before
    assert first["data_version"] == data_version(dataset) and first["in_place"]
    lists = lists_of(config)
    assert lists.train_file == dataset / "train.txt" and lists.split_sha256 == first["split_sha256"]
    assert lists.data_version == first["data_version"]
    assert run_stage("split", config)["split_sha256"] == first["split_sha256"]
    other = run_stage("split", config_of(dataset, **ANEW, in_place=True, seed=8))
    assert other["split_sha256"] != first["split_sha256"]
    assert {name: (dataset / f"{name}.bak").read_bytes() for name in before} == before


def test_the_dataset_is_not_changed_unless_in_place_is_asked_for(dataset: Path) -> None:
    before = data_version(dataset)
    run_stage("split", config_of(dataset, **ANEW))
    run_stage("split", config_of(dataset, in_place=True))
    assert data_version(dataset) == before


def test_in_place_without_a_val_list(dataset: Path) -> None:
    (dataset / "val.txt").unlink()
    run_stage("split", config_of(dataset, **ANEW, in_place=True))
    run_stage("split", config_of(dataset, **ANEW, in_place=True, seed=8))
    assert len(sides(dataset)[0]) + len(sides(dataset)[1]) == 30
    assert not (dataset / "val.txt.bak").exists()


def test_in_place_leaves_out_rows_once(dataset: Path) -> None:
    config = allowed(dataset, {"train.txt": [2, 5], "val.txt": [1]}, **ANEW, in_place=True)
    result = run_stage("split", config)
    assert (result["train_rows"] + result["val_rows"], result["report"]["excluded_rows"]) == (37, 3)
    again = run_stage("split", config)
    assert again["split_sha256"] == result["split_sha256"] and again["report"]["excluded_rows"] == 3
    with (dataset / "val.txt").open("a") as file:
        file.write("images/page1_6.png\t6\n")
    with pytest.raises(UsageError, match=r"is not what check_dataset saw"):
        run_stage("split", config)


def test_an_interrupted_in_place_split_is_noticed_and_completed(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_of(dataset, **ANEW, in_place=True)
    before = [(dataset / name).read_bytes() for name in ("train.txt", "val.txt")]
    replace = Path.replace

    def refuse_val(path: Path, target: Path) -> Path:
        if Path(target).name == "val.txt" and Path(target).parent == dataset:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse_val)
        with pytest.raises(OcrflowError, match="the next in-place split completes this one"):
            run_stage("split", config)
    assert (dataset / JOURNAL).exists() and (dataset / "val.txt").read_bytes() == before[1]
    for stage_config in (config_of(dataset), config_of(dataset, **ANEW)):
        with pytest.raises(DataError, match="in-place split goes on or was interrupted"):
            run_stage("split", stage_config)
        with pytest.raises(DataError, match="in-place split goes on or was interrupted"):
            lists_of(stage_config)
    result = run_stage("split", config)
    assert "completed an in-place split" in capsys.readouterr().out
    assert result["train_rows"] + result["val_rows"] == 40 == sum(map(len, sides(dataset)))
    assert [(dataset / f"{name}.bak").read_bytes() for name in ("train.txt", "val.txt")] == before


def test_the_result_is_stale_when_how_to_divide_changes(dataset: Path) -> None:
    run_stage("split", config_of(dataset, **ANEW))
    for setting in ({"stratify": True}, {"near_duplicates": False}, {"group_pattern": "page"}):
        with pytest.raises(UsageError, match=f"another CheckDataset.split: {next(iter(setting))}"):
            lists_of(config_of(dataset, **ANEW, **setting))


def test_the_report_is_in_the_result_file(dataset: Path) -> None:
    run_stage("split", config_of(dataset, **ANEW))
    report = json.loads((dataset.parent / "output/split_result.json").read_text())["report"]
    assert report["rows"] == report["images"] == report["groups"] == 40 and report["largest_group"] == 1
    assert report["excluded_rows"] == 0 and report["unmatched_pattern_rows"] is None
    assert set(report["characters"]) == {"train", "val", "only_in_train", "only_in_val"}
    assert sum(report["lengths"]["val"]["histogram"].values()) == report["lengths"]["val"]["labels"]


def test_many_rows_take_linear_time(dataset: Path) -> None:
    """100,000 rows that share 40 images, some minutes if anything were quadratic."""
    names = [row.image for row in read_rows(dataset / "train.txt")] + [
        row.image for row in read_rows(dataset / "val.txt")
    ]
    (dataset / "train.txt").write_text("".join(f"{names[n % 40]}\t{n}\n" for n in range(100_000)))
    start_s = time.process_time()
    result = run_stage("split", config_of(dataset, **ANEW, stratify=True, group_pattern="page(1|2)_"))
    assert result["report"]["rows"] == 100_010
    assert time.process_time() - start_s < 20
