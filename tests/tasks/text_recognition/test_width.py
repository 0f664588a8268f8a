"""Which input width training chooses."""

from __future__ import annotations

import pytest

from ocrflow.inference.preprocess import input_width
from ocrflow.tasks.text_recognition.checks import ctc_steps, ctc_steps_needed, time_steps
from ocrflow.tasks.text_recognition.width import choose_base_width


def chosen(*rows: tuple[tuple[int, int], str], setting: int | str = "auto") -> int:
    return choose_base_width(setting, [size for size, _ in rows], [text for _, text in rows])


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(48, 10, 96), (48, 96, 96), (48, 97, 128), (24, 65, 160), (48, 300, 320), (48, 320, 320), (48, 2000, 320)],
)
def test_the_next_multiple_of_32_that_holds_the_image(height, width, expected):
    assert chosen(((height, width), "ab")) == expected


def test_half_of_the_images_may_be_wider():
    narrow, wide = ((48, 120), "ab"), ((48, 300), "ab")
    assert chosen(*[narrow] * 110, *[wide] * 90) == 128
    assert chosen(*[narrow] * 90, *[wide] * 110) == 320


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 6, 96),  # 11 steps: 88 columns
        ("a" * 7, 128),  # 13 steps: 104 columns
        ("abcdefghijklm", 128),  # 13 steps
        ("ab" * 20, 320),  # 40 steps: just possible at 320
        ("ab" * 20 + "a", 96),  # 41 steps: impossible at 320, too, and so no reason
    ],
)
def test_no_label_becomes_impossible(text, expected):
    """A short-wide image with a long label keeps a wide base, even when it is one of many."""
    assert chosen(((48, 60), text)) == expected
    assert chosen(*[((48, 60), "ab")] * 500, ((48, 60), text)) == expected


def test_a_label_that_its_own_width_says_is_no_reason():
    assert chosen(*[((48, 60), "ab")] * 500, ((48, 800), "ab" * 40)) == 320  # 80 steps of 100
    assert chosen(*[((48, 60), "ab")] * 500, ((48, 600), "ab" * 40)) == 96  # 80 steps of 75: impossible anyway


def test_what_is_possible_at_320_stays_possible():
    sizes = [(20, 10), (48, 48), (30, 90), (48, 200), (48, 500), (100, 30)]
    for length in range(1, 45):
        for text in ("x" * length, ("xy" * length)[:length]):
            for height, width in sizes:
                if ctc_steps_needed(text) <= ctc_steps(width, height):
                    base_width = chosen(((height, width), text))
                    assert ctc_steps_needed(text) <= ctc_steps(width, height, base_width)


def test_configured_width_is_kept():
    assert chosen(((48, 300), "ab" * 20), setting=100) == 100


def test_training_counts_the_steps_that_the_check_counts():
    for height in (7, 20, 48, 61):
        for width in range(1, 400):
            assert time_steps(input_width(height, width, 96)[0]) == ctc_steps(width, height, 96)
