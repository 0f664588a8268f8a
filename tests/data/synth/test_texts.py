"""The texts of both styles: character set, lengths, and how often every character comes."""

from __future__ import annotations

from collections import Counter

from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.line_texts import DIGITS, LINE_CHARACTERS, UPPER, line_text, sign_text
from ocrflow.data.synth.plate_texts import PLATE_CHARACTERS, plate_pattern


def test_line_texts_cover_the_character_set_often_enough() -> None:
    texts = [line_text(Dice(1, 2, index, 1)) for index in range(12000)]
    counts = Counter("".join(texts).replace(" ", ""))
    total = sum(counts.values())
    assert set(counts) == set(LINE_CHARACTERS)
    assert len(LINE_CHARACTERS) == 131
    assert min(counts.values()) >= 0.001 * total
    assert 0.45 <= sum(counts[char] for char in UPPER + DIGITS) / total <= 0.62


def test_line_texts_are_2_to_30_characters_without_outer_spaces() -> None:
    texts = [line_text(Dice(2, index, 1)) for index in range(3000)]
    lengths = sorted(len(text) for text in texts)
    assert lengths[0] >= 2 and lengths[-1] <= 30 and 7 <= lengths[1500] <= 11
    assert all(text == text.strip() for text in texts)


def test_plate_labels_are_the_shown_text_without_separators() -> None:
    for index in range(2000):
        shown, label = plate_pattern(Dice(3, index, 1))
        assert label == shown.replace("|", "")
        assert 5 <= len(label) <= 8 and set(label) <= set(PLATE_CHARACTERS)


def test_sign_texts_cannot_be_taken_for_plates() -> None:
    for index in range(500):
        text = sign_text(Dice(4, index))
        assert 4 <= len(text) <= 30 and set(text) <= set(LINE_CHARACTERS + " ")
        assert sum(char.islower() for char in text) > len(text) / 2
