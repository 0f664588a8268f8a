"""What a user accepts of a fault: up to the limit its rows are named and left out, above it nothing passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from anchor_cases import stored
from anchor_images import NO_IMAGE, cut
from anchor_judge import Verdict, assert_pictures, config_of, judge
from anchor_toy import DETECTION, RECOGNITION, TRAIN, VAL, Toy, box, encoded, picture_png

from ocrflow.errors import UsageError
from ocrflow.stages.base import run_stage

pytestmark = pytest.mark.usefixtures("offline")
UNKNOWN = "CheckDataset.allow.label_unknown_character"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """A good recognition dataset of 16 rows."""
    return Toy(tmp_path / "data", RECOGNITION)


def excluded_in(verdict: Verdict) -> list[dict[str, Any]]:
    """What `excluded.jsonl` holds."""
    text = (verdict.output / "check_dataset/excluded.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def split_rows(toy: Toy, output: Path, name: str, *overrides: str) -> list[str]:
    """The rows of a list that the stage split writes."""
    run_stage("split", config_of(toy, output, *overrides))
    return (output / "split" / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("limit", ["0.5", "0.0625"])
def test_a_share_below_the_limit_is_left_out_by_name(toy: Toy, tmp_path: Path, limit: str) -> None:
    toy.relabel(TRAIN, 3, "车牌")
    kept = [line.decode().rstrip("\n") for number, line in enumerate(toy.lines(TRAIN), 1) if number != 3]
    verdict = judge(toy, tmp_path / "output", f"{UNKNOWN}={limit}")
    assert verdict.error is None and verdict.result["check_pass"] is True
    assert verdict.result["faults"] == {"label_unknown_character": 1}
    assert [(item["code"], item["severity"], item["line"]) for item in verdict.faults] == [
        ("label_unknown_character", "error", 3)
    ]
    (excluded,) = excluded_in(verdict)
    assert (excluded["split"], Path(excluded["file"]), excluded["line"]) == ("train", toy.root / TRAIN, 3)
    assert (excluded["image"], excluded["codes"]) == ("images/t03.png", ["label_unknown_character"])
    assert_pictures(verdict)
    assert split_rows(toy, tmp_path / "output", TRAIN, f"{UNKNOWN}={limit}") == kept


@pytest.mark.parametrize("limit", ["0.06", "0", "0.0"])
def test_a_share_above_the_limit_fails(toy: Toy, tmp_path: Path, limit: str) -> None:
    toy.relabel(TRAIN, 3, "车牌")
    verdict = judge(toy, tmp_path / "output", f"{UNKNOWN}={limit}")
    assert verdict.error is not None and "1 of 16" in str(verdict.error) and "6.25%" in str(verdict.error)
    assert verdict.result["check_pass"] is False
    assert not (tmp_path / "output/check_dataset/excluded.jsonl").exists()
    with pytest.raises(UsageError, match="check_dataset"):
        run_stage("split", config_of(toy, tmp_path / "output", f"{UNKNOWN}={limit}"))


def test_a_policy_accepts_its_own_code_only(toy: Toy, tmp_path: Path) -> None:
    toy.relabel(TRAIN, 3, "车牌")
    toy.store(VAL, 2, NO_IMAGE)
    verdict = judge(toy, tmp_path / "output", f"{UNKNOWN}=0.5")
    assert verdict.error is not None
    assert verdict.result["faults"] == {"label_unknown_character": 1, "image_undecodable": 1}


def test_rows_without_a_usable_image_can_be_accepted(toy: Toy, tmp_path: Path) -> None:
    toy.image(TRAIN, 1).unlink()
    toy.store(TRAIN, 12, cut(picture_png(RECOGNITION, 12)))
    toy.repath(VAL, 4, "../elsewhere.png")
    codes = ("image_missing", "image_truncated", "path_escapes")
    overrides = [f"CheckDataset.allow.{code}=0.1" for code in codes]
    verdict = judge(toy, tmp_path / "output", *overrides)
    assert verdict.error is None
    assert [(row["split"], row["line"], row["codes"]) for row in excluded_in(verdict)] == [
        ("train", 1, ["image_missing"]),
        ("train", 12, ["image_truncated"]),
        ("val", 4, ["path_escapes"]),
    ]
    train = split_rows(toy, tmp_path / "output", TRAIN, *overrides)
    assert len(train) == 10 and not any("t01" in row or "t12" in row for row in train)
    assert len((tmp_path / "output/split/val.txt").read_text().splitlines()) == 3


def test_a_row_with_two_accepted_faults_is_named_once(toy: Toy, tmp_path: Path) -> None:
    toy.store(TRAIN, 3, NO_IMAGE)
    toy.relabel(TRAIN, 3, "车牌")
    overrides = (f"{UNKNOWN}=0.1", "CheckDataset.allow.image_undecodable=0.1")
    (excluded,) = excluded_in(judge(toy, tmp_path / "output", *overrides))
    assert sorted(excluded["codes"]) == ["image_undecodable", "label_unknown_character"]


def test_an_accepted_leak_leaves_val_clean(toy: Toy, tmp_path: Path) -> None:
    toy.put(VAL, 2, "\t".join(toy.row(TRAIN, 3)))
    override = "CheckDataset.allow.image_in_both_splits=0.1"
    verdict = judge(toy, tmp_path / "output", override)
    assert verdict.error is None and [row["split"] for row in excluded_in(verdict)] == ["val"]
    assert not any("t03" in row for row in split_rows(toy, tmp_path / "output", VAL, override))


def test_an_accepted_conflict_leaves_out_both_labels(toy: Toy, tmp_path: Path) -> None:
    toy.insert(TRAIN, 11, f"{toy.row(TRAIN, 3)[0]}\tOTHER")
    override = "CheckDataset.allow.label_conflict=0.2"
    assert judge(toy, tmp_path / "output", override).error is None
    assert not any("t03" in row for row in split_rows(toy, tmp_path / "output", TRAIN, override))


def test_rows_left_out_stay_out_when_the_rows_are_divided_anew(toy: Toy, tmp_path: Path) -> None:
    toy.relabel(TRAIN, 3, "车牌")
    split = [f"CheckDataset.split.{key}" for key in ("enable=true", "train_percent=70", "val_percent=30")]
    assert judge(toy, tmp_path / "output", f"{UNKNOWN}=0.1", *split).error is None
    rows = split_rows(toy, tmp_path / "output", TRAIN, f"{UNKNOWN}=0.1", *split)
    rows += (tmp_path / "output/split/val.txt").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 15 and not any("t03" in row for row in rows)


def test_a_mended_dataset_leaves_nothing_out(toy: Toy, tmp_path: Path) -> None:
    good = toy.row(TRAIN, 3)[1]
    toy.relabel(TRAIN, 3, "车牌")
    assert judge(toy, tmp_path / "output", f"{UNKNOWN}=0.1").error is None
    toy.relabel(TRAIN, 3, good)
    assert judge(toy, tmp_path / "output", f"{UNKNOWN}=0.1").faults == []
    assert len(split_rows(toy, tmp_path / "output", TRAIN, f"{UNKNOWN}=0.1")) == 12


def test_a_polygon_can_be_accepted(tmp_path: Path) -> None:
    toy = Toy(tmp_path / "data", DETECTION)
    toy.rebox(TRAIN, 11, [*toy.boxes(TRAIN, 11), box(500, 500)])
    stored(lambda image: encoded(image, "GIF"))(toy, VAL, 2)
    overrides = [f"CheckDataset.allow.{code}=0.1" for code in ("polygon_outside", "image_undecodable")]
    verdict = judge(toy, tmp_path / "output", *overrides)
    assert verdict.error is None
    assert [(row["split"], row["line"]) for row in excluded_in(verdict)] == [("train", 11), ("val", 2)]
    assert len(split_rows(toy, tmp_path / "output", TRAIN, *overrides)) == 11


@pytest.mark.parametrize("code", ["label_unknwon_character", "label_not_nfc", "list_missing"])
def test_a_policy_that_means_nothing_is_refused(toy: Toy, tmp_path: Path, code: str) -> None:
    with pytest.raises(UsageError, match=code):
        run_stage("check_dataset", config_of(toy, tmp_path / "output", f"CheckDataset.allow.{code}=0.1"))
