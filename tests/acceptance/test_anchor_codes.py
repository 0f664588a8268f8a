"""All faults at once, and a case for every code."""

from __future__ import annotations

import os
import re
from pathlib import Path

import anchor_cases_folders as folders
import pytest
from anchor_cases import Case, stored
from anchor_images import NO_IMAGE
from anchor_judge import assert_told, judge
from anchor_toy import DETECTION, DICT, RECOGNITION, TRAIN, VAL, Toy, box
from test_anchor_detection import CASES as DETECTION_CASES
from test_anchor_recognition import CASES as RECOGNITION_CASES

from ocrflow.data.fault_kinds import KINDS

pytestmark = pytest.mark.usefixtures("offline")
ELSEWHERE = {
    "image_unreadable",  # a pipe: test_gate_limits.py
    "dataset_unreadable",  # what root cannot make: tests/stages/test_check_dataset.py
}


def everything_wrong(toy: Toy) -> None:
    """A fault of another kind in most rows."""
    toy.image(TRAIN, 1).unlink()
    toy.store(TRAIN, 3, NO_IMAGE)
    toy.put(TRAIN, 5, "no tab")
    toy.repath(TRAIN, 7, "images\\t07.png")
    toy.relabel(TRAIN, 9, "")
    toy.put(VAL, 1, b"images/v01.png\t\xb3\xb5")
    toy.put(VAL, 3, "\t".join(toy.row(TRAIN, 11)))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    toy = Toy(tmp_path / "data", RECOGNITION)
    everything_wrong(toy)
    toy.relabel(TRAIN, 12, "a\x07车")
    (toy.root / DICT).write_bytes((toy.root / DICT).read_bytes() + b"A\n\nth\n")
    told = (
        ("image_missing", TRAIN, 1),
        ("image_undecodable", TRAIN, 3),
        ("list_columns", TRAIN, 5),
        ("path_backslash", TRAIN, 7),
        ("label_blank", TRAIN, 9),
        ("label_control_character", TRAIN, 12),
        ("label_unknown_character", TRAIN, 12),
        ("file_not_utf8", VAL, 1),
        ("image_in_both_splits", VAL, 3),
        ("dict_duplicate", DICT, 95),
        ("dict_blank_entry", DICT, 96),
        ("dict_multi_character", DICT, 97),
    )
    verdict = judge(toy, tmp_path / "output")
    assert_told(Case("everything", everything_wrong, told, frozenset({"image_orphan"})), toy, verdict)
    assert all(f"error {code}" in str(verdict.error) for code, _, _ in told)


def test_all_faults_of_a_detection_label_are_told_at_once(tmp_path: Path) -> None:
    toy = Toy(tmp_path / "data", DETECTION)
    wrong = [{"points": [[1, 1]]}, box(900, 900), box(10, 10, 50, 0), box(5, 5) | {"points": [[1, 2], [3, 4]]}, 7]
    toy.rebox(TRAIN, 11, [*wrong, *toy.boxes(TRAIN, 11)])
    codes = ("boxes_wrong_shape", "polygon_outside", "polygon_zero_area", "polygon_too_few_points", "boxes_wrong_shape")
    told = tuple((code, TRAIN, 11) for code in codes)
    verdict = judge(toy, tmp_path / "output")
    assert_told(Case("boxes", everything_wrong, told), toy, verdict)
    numbers = [re.search(r"box (\d+)", item["message"]) for item in verdict.faults]
    assert sorted(int(number[1]) for number in numbers if number) == [1, 2, 3, 4, 5]


def test_the_file_has_all_and_the_terminal_some(tmp_path: Path) -> None:
    toy = Toy(tmp_path / "data", RECOGNITION)
    for line in range(1, 13):
        toy.relabel(TRAIN, line, f"车{line}")
    verdict = judge(toy, tmp_path / "output")
    assert [item["line"] for item in verdict.faults] == list(range(1, 13))
    assert "label_unknown_character (12)" in str(verdict.error)
    assert 1 <= str(verdict.error).count("not in dict.txt") < 12


def test_a_decoder_that_complains_is_heard(tmp_path: Path) -> None:
    from anchor_cases_images import jpeg

    toy = Toy(tmp_path / "data", DETECTION)

    def garbage_before_the_end(image: object) -> bytes:
        content = jpeg(image)  # type: ignore[arg-type]
        return content[:-2] + bytes(range(1, 60)) + content[-2:]

    stored(garbage_before_the_end, ".jpg")(toy, TRAIN, 11)
    case = Case("garbage", everything_wrong, (("image_decoder_warning", TRAIN, 11),))
    assert_told(case, toy, judge(toy, tmp_path / "output"))


def test_a_second_run_says_the_same(tmp_path: Path) -> None:
    toy = Toy(tmp_path / "data", RECOGNITION)
    folders.leak_recompressed(toy)
    os.utime(toy.image(TRAIN, 1), ns=(1, 1))
    first, second = judge(toy, tmp_path / "output"), judge(toy, tmp_path / "output")
    third = judge(toy, tmp_path / "another")
    assert first.faults == second.faults == third.faults
    assert [item["code"] for item in first.faults] == ["image_nearly_in_both_splits"]
    differing = {"made_of", "state"}
    assert {k: v for k, v in first.result.items() if k not in differing} == {
        k: v for k, v in third.result.items() if k not in differing
    }
    toy.store(TRAIN, 5, NO_IMAGE)
    assert "image_undecodable" in judge(toy, tmp_path / "output").result["faults"]


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    toy = Toy(tmp_path / "data", RECOGNITION)
    assert judge(toy, tmp_path / "output").error is None
    status = toy.image(TRAIN, 5).stat()
    damaged = bytearray(toy.image(TRAIN, 5).read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    toy.image(TRAIN, 5).write_bytes(damaged)
    os.utime(toy.image(TRAIN, 5), ns=(status.st_atime_ns, status.st_mtime_ns))
    assert judge(toy, tmp_path / "output").result["faults"] == {"image_damaged": 1}
    assert judge(toy, tmp_path / "another").result["faults"] == {"image_damaged": 1}


def test_every_code_has_a_case() -> None:
    told = {code for case in (*RECOGNITION_CASES, *DETECTION_CASES) for code, _, _ in case.told}
    assert told | ELSEWHERE | {"image_decoder_warning"} == set(KINDS)
