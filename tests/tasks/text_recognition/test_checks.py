"""What a recogniser can learn."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.tasks.text_recognition.checks import (
    copy_faults,
    ctc_steps,
    ctc_steps_needed,
    label_faults,
    length_faults,
)


def rows(*texts: str, split: str = "train") -> RowList:
    return RowList(split, Path(f"{split}.txt"), [Row(f"{n}.png", text, n) for n, text in enumerate(texts, 1)])


@pytest.mark.parametrize(("text", "steps"), [("", 0), ("a", 1), ("abc", 3), ("aab", 4), ("aaa", 5), ("1001", 5)])
def test_ctc_needs_a_blank_between_equal_neighbours(text: str, steps: int) -> None:
    assert ctc_steps_needed(text) == steps


@pytest.mark.parametrize(
    ("width", "height", "base", "steps"),
    [(10, 48, 320, 40), (320, 48, 320, 40), (328, 48, 320, 41), (100, 24, 96, 25), (9, 9000, 96, 12)],
)
def test_one_step_each_eight_pixels_at_48_rows(width: int, height: int, base: int, steps: int) -> None:
    assert ctc_steps(width, height, base) == steps


def test_very_wide_images_are_squeezed() -> None:
    assert ctc_steps(100_000, 48) == 400


def test_a_label_that_just_fits_passes_and_one_more_fails() -> None:
    listed = rows("ab" * 20, "ab" * 20 + "a", "ab" * 19 + "aa")
    facts = {row.image: ImageFacts("x", 100, 48) for row in listed.rows}
    assert [(item.code, item.line) for item in length_faults(listed, facts, 320)] == [
        ("label_too_long", 2),
        ("label_too_long", 3),
    ]


def test_unusable_images_have_no_length() -> None:
    assert not list(length_faults(rows("a" * 500), {"1.png": ImageFacts(problem="image_empty")}, 320))


@pytest.mark.parametrize("text", ["", " ", "\t", "\u3000", "\u200b", "\u2028"])
def test_blank_labels(text: str) -> None:
    assert [item.code for item in label_faults(rows("a", text), "a")] == ["label_blank"]


def test_unknown_characters_are_named_and_the_space_is_known() -> None:
    found = list(label_faults(rows("a a", "a车é车"), ["a"]))
    assert [(item.code, item.line) for item in found] == [("label_unknown_character", 2)]
    assert "'é' (U+00E9), '车' (U+8F66)" in found[0].message


def test_without_a_dictionary_nothing_is_unknown() -> None:
    assert not list(label_faults(rows("a车"), []))


@pytest.mark.parametrize("char", ["\x00", "\x07", "\r", "\x7f", "\x85", "\u2028", "\ufeff"])
def test_control_characters(char: str) -> None:
    assert [item.code for item in label_faults(rows(f"a{char}b"), "ab")] == ["label_control_character"]


def test_joiners_that_the_dictionary_has_are_text() -> None:
    assert not list(label_faults(rows("a\u200db"), "ab\u200d"))


def test_decomposed_labels_are_told() -> None:
    assert [item.code for item in label_faults(rows("e\u0301"), "e\u0301")] == ["label_not_nfc"]
    assert not list(label_faults(rows("é"), "é"))


def test_copies_within_and_across_lists() -> None:
    train, val = rows("a", "a", "b", "c"), rows("a", "z", split="val")
    train = RowList("train", train.file, [*train.rows])
    facts = {f"{n}.png": ImageFacts("same" if n <= 3 else "other", 9, 9) for n in range(1, 5)}
    found = [(item.code, item.file, item.line) for item in copy_faults([train, val], facts)]
    assert found == [
        ("row_duplicate", "train.txt", 2),
        ("label_conflict", "train.txt", 3),
        ("label_conflict", "val.txt", 2),
    ]
