"""The record of faults, and what the user accepts of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocrflow.data.fault_kinds import KINDS
from ocrflow.data.fault_log import FaultLog, Verdict, read_excluded, refuse_policies
from ocrflow.data.faults import Fault, fault
from ocrflow.errors import UsageError

TRAIN = Path("d/train.txt")
BLANK, EMPTY = "label_blank", "image_empty"


def of_row(code: str, line: int, split: str = "train") -> Fault:
    return fault(code, f"row {line}", TRAIN.with_name(f"{split}.txt"), line=line, split=split, image=f"{line}.png")


def written(output: Path, name: str = "faults.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / "check_dataset" / name).read_text(encoding="utf-8").splitlines()]


def judged(output: Path, faults: list[Fault], rows: int, **allow: float) -> Verdict:
    """The verdict on these faults, written."""
    with FaultLog(output / "check_dataset", allow) as log:
        log.extend(faults)
    verdict = log.verdict({"train": rows - 2, "val": 2} if rows else {"train": 0, "val": 0})
    verdict.write()
    return verdict


def test_every_fault_is_written_in_the_order_of_its_finding(tmp_path: Path) -> None:
    faults = [of_row(BLANK, 3), fault("file_crlf", "CR LF", TRAIN, line=1, split="train"), of_row(BLANK, 2)]
    verdict = judged(tmp_path, faults, 10)
    assert [(item["code"], item["line"]) for item in written(tmp_path)] == [(BLANK, 3), ("file_crlf", 1), (BLANK, 2)]
    assert written(tmp_path)[0] == {
        "code": BLANK,
        "severity": "error",
        "split": "train",
        "file": "d/train.txt",
        "line": 3,
        "image": "3.png",
        "message": "row 3",
        "fix": "correct or remove line 3 of d/train.txt",
    }
    assert (verdict.errors, verdict.accepted, verdict.excluded_rows) == (2, {}, {"train": 0, "val": 0})


def test_the_file_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    judged(tmp_path, [of_row(BLANK, 1)], 10)
    with pytest.raises(RuntimeError), FaultLog(tmp_path / "check_dataset", {}) as log:
        log.add(of_row(EMPTY, 2))
        raise RuntimeError
    assert [item["code"] for item in written(tmp_path)] == [BLANK]
    assert [path.name for path in (tmp_path / "check_dataset").iterdir()] == ["faults.jsonl"]


def test_names_that_are_not_utf8_are_escaped(tmp_path: Path) -> None:
    judged(tmp_path, [fault("image_orphan", "车 \udcc4", Path("d"), image="\udcc4.png")], 10)
    assert "车 \\udcc4" in (tmp_path / "check_dataset/faults.jsonl").read_text(encoding="utf-8")
    assert written(tmp_path)[0]["message"] == "车 \udcc4"


@pytest.mark.parametrize(("found", "rows", "share"), [(1, 100, 0.01), (29, 100, 0.29), (3, 30, 0.1), (7, 100, 0.07)])
def test_exactly_the_allowed_share_is_accepted_and_one_row_more_is_not(
    tmp_path: Path, found: int, rows: int, share: float
) -> None:
    faults = [of_row(BLANK, line) for line in range(1, found + 1)]
    assert judged(tmp_path, faults, rows, label_blank=share).accepted == {BLANK: found}
    verdict = judged(tmp_path, [*faults, of_row(BLANK, 99)], rows, label_blank=share)
    assert (verdict.accepted, verdict.errors) == ({}, found + 1)
    assert verdict.over == [
        f"CheckDataset.allow.label_blank={share:g}: {found + 1} of {rows} rows have it ({(found + 1) / rows:.2%})"
    ]


def test_accepted_faults_are_marked_and_their_rows_named(tmp_path: Path) -> None:
    faults = [of_row(BLANK, 3), of_row(EMPTY, 3), of_row(BLANK, 1, "val"), of_row("row_duplicate", 4)]
    verdict = judged(tmp_path, faults, 10, label_blank=0.2, image_empty=0.1)
    assert (verdict.errors, verdict.over) == (0, [])
    assert verdict.accepted == {BLANK: 2, EMPTY: 1}
    assert verdict.excluded_rows == {"train": 1, "val": 1}
    assert [item.get("accepted") for item in written(tmp_path)] == [True, True, True, None]
    assert written(tmp_path, "excluded.jsonl") == [
        {"split": "train", "file": "d/train.txt", "line": 3, "image": "3.png", "codes": [BLANK, EMPTY]},
        {"split": "val", "file": "d/val.txt", "line": 1, "image": "1.png", "codes": [BLANK]},
    ]
    assert read_excluded(tmp_path) == {("train", 3), ("val", 1)}


def test_a_row_with_one_fault_twice_counts_once(tmp_path: Path) -> None:
    verdict = judged(tmp_path, [of_row("polygon_huge", 3), of_row("polygon_huge", 3)], 10, polygon_huge=0.1)
    assert (verdict.errors, verdict.accepted) == (0, {"polygon_huge": 1})
    assert written(tmp_path, "excluded.jsonl")[0]["codes"] == ["polygon_huge"]
    assert [item["accepted"] for item in written(tmp_path)] == [True, True]


def test_a_stale_list_of_excluded_rows_is_removed(tmp_path: Path) -> None:
    faults = [of_row(BLANK, 3)]
    judged(tmp_path, faults, 10, label_blank=0.1)
    assert read_excluded(tmp_path) == {("train", 3)}
    judged(tmp_path, [], 10, label_blank=0.1)
    assert read_excluded(tmp_path) == set()
    assert not (tmp_path / "check_dataset/excluded.jsonl").exists()


def test_nothing_is_left_out_of_a_dataset_that_fails(tmp_path: Path) -> None:
    judged(tmp_path, [of_row(BLANK, 3)], 10, label_blank=0.1)
    verdict = judged(tmp_path, [of_row(BLANK, 3), of_row(EMPTY, 4)], 10, label_blank=0.1)
    assert (verdict.errors, verdict.accepted) == (1, {BLANK: 1})
    assert read_excluded(tmp_path) == set()


def test_a_code_that_is_allowed_and_does_not_occur_is_no_news(tmp_path: Path) -> None:
    verdict = judged(tmp_path, [], 0, label_blank=0.5)
    assert (verdict.errors, verdict.accepted, verdict.over) == (0, {}, [])


def test_without_a_single_row_nothing_is_accepted(tmp_path: Path) -> None:
    verdict = judged(tmp_path, [of_row("list_columns", 1)], 0, list_columns=1.0)
    assert (verdict.errors, verdict.accepted, len(verdict.over)) == (1, {}, 1)


@pytest.mark.parametrize("code", [code for code, kind in KINDS.items() if kind.of_row])
def test_each_error_of_a_row_can_be_allowed(code: str) -> None:
    refuse_policies({code: 0.01})


def test_an_unknown_code_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        UsageError, match=r"no fault code 'label_unkown_character' \(did you mean 'label_unknown_"
    ) as raised:
        refuse_policies({BLANK: 0.1, "label_unkown_character": 0.1})
    assert "docs/faults.md" in raised.value.fix


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("row_duplicate", "is a warning, which stops nothing"),
        ("image_orphan", "is a warning, which stops nothing"),
        ("list_empty", "is not of single rows"),
        ("file_not_utf8", "is not of single rows"),
        ("dict_duplicate", "is not of single rows"),
        ("dict_blank_entry", "is not of single rows"),
        ("boxes_all_ignored", "is not of single rows"),
    ],
)
def test_what_no_single_row_has_cannot_be_allowed(code: str, why: str) -> None:
    with pytest.raises(UsageError, match=f"CheckDataset.allow: {code} {why}"):
        refuse_policies({code: 0.5})


def test_a_policy_never_empties_a_list(tmp_path: Path) -> None:
    with FaultLog(tmp_path, {BLANK: 0.5}) as log:
        log.extend(of_row(BLANK, line, "val") for line in (1, 2))
    verdict = log.verdict({"train": 8, "val": 2})
    assert (verdict.accepted, verdict.errors) == ({}, 2)
    assert verdict.over == ["CheckDataset.allow would leave no row in val"]
