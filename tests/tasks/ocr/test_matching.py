"""The end-to-end score, on boxes whose answers are known."""

from __future__ import annotations

import pytest

from ocrflow.data.boxes import Box
from ocrflow.tasks.ocr.matching import OcrCounts, ReadBox, compare, counts_of


def corners(left: float, top: float = 0, width: float = 100, height: float = 20):
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def label(text: str, left: float) -> Box:
    return Box(text, corners(left))


def read(text: str, left: float, score: float = 0.9) -> ReadBox:
    return ReadBox(corners(left), text, score)


def test_right_misread_missed_and_false() -> None:
    labelled = [label("AB12", 0), label("CD34", 200), label("EF56", 400)]
    line = compare("a.jpg", labelled, [read("AB12", 5), read("CD84", 210), read("XY", 700)])
    assert [(box["truth"], box["right"]) for box in line["boxes"]] == [(0, True), (1, False), (None, False)]
    assert [truth["box"] for truth in line["truth"]] == [0, 1, None]
    assert (line["missed"], line["false"], line["misread"], line["correct"]) == (1, 1, 1, False)
    counts = counts_of(line)
    assert counts == OcrCounts(labelled=3, found=3, matched=2, right=1, edits=1, characters=8)
    assert counts.metrics == pytest.approx(
        {"precision": 1 / 3, "recall": 1 / 3, "f1": 1 / 3, "matched_acc": 0.5, "cer": 1 / 8}
        | dict.fromkeys(("box_precision", "box_recall", "box_hmean"), 2 / 3)
    )


@pytest.mark.parametrize("mark", ["###", "*", ""])
def test_what_nobody_can_read_counts_neither_way(mark: str) -> None:
    line = compare("a.jpg", [label("AB12", 0), label(mark, 200)], [read("AB12", 0), read("CD34", 200)])
    assert line["correct"]
    assert [box["counts"] for box in line["boxes"]] == [True, False]
    assert counts_of(line) == OcrCounts(labelled=1, found=1, matched=1, right=1, edits=0, characters=4)
    assert counts_of(compare("a.jpg", [label(mark, 0)], [])) == OcrCounts()


def test_a_text_counts_once() -> None:
    line = compare("a.jpg", [label("AB12", 0)], [read("AB12", 2), read("AB12", 4)])
    assert (line["false"], counts_of(line).right) == (1, 1)


@pytest.mark.parametrize(("shift", "matched"), [(33, 1), (34, 0)])
def test_boxes_overlap_by_more_than_one_half(shift: float, matched: int) -> None:
    """Shifted by a third of its width, a box shares 2/3 with another, of 4/3 that both cover."""
    assert counts_of(compare("a.jpg", [label("A", 0)], [read("A", shift)])).matched == matched


@pytest.mark.parametrize("text", ["ab12", "AB12 ", "", "AB1２"])
def test_a_string_is_equal_or_not(text: str) -> None:
    counts = counts_of(compare("a.jpg", [label("AB12", 0)], [read(text, 0)]))
    assert (counts.matched, counts.right) == (1, 0)
    assert counts.edits == (4 if text == "" else 2 if text == "ab12" else 1)


def test_nothing_anywhere() -> None:
    line = compare("a.jpg", [], [])
    assert line["correct"] and line["boxes"] == line["truth"] == []
    metrics = counts_of(line).metrics
    assert set(metrics.values()) == {0.0} and "cer" not in metrics


def test_counts_add_up() -> None:
    one, two = OcrCounts(3, 2, 2, 1, 4, 10), OcrCounts(1, 1, 1, 1, 0, 5)
    assert one + two == OcrCounts(4, 3, 3, 2, 4, 15)
    assert (one + two).metrics["f1"] == pytest.approx(2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4))


def test_labels_that_cross_themselves_count_for_nothing() -> None:
    crossed = Box("AB12", ((0, 0), (100, 20), (100, 0), (0, 20)))
    line = compare("a.jpg", [crossed], [read("AB12", 0)])
    assert counts_of(line) == OcrCounts(found=1)
