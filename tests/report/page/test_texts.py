"""Texts for people."""

from __future__ import annotations

import pytest

from ocrflow.report.page.texts import LONGEST, breakable, differing, shortened, sign, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\n", "a␉b␊"),
        ("\u202eab", "⟨U+202E⟩ab"),
        ("\ufeffx\u200b", "⟨U+FEFF⟩x⟨U+200B⟩"),
        ("a\u200cb", "a\u200cb"),
        (5, "5"),
    ],
)
def test_what_is_hidden_is_visible(text: object, shown: str) -> None:
    assert visible(text) == shown


def test_long_texts_are_cut() -> None:
    assert shortened("ab" * 300) == "ab" * 200 + "…"
    assert shortened("abc", 3) == "abc" and shortened("abcd", 3) == "abc…"


@pytest.mark.parametrize(
    ("character", "shown"), [(" ", "␣"), ("\u0301", "\u25cc\u0301"), ("A", "A"), ("\t", "␉"), ("", "")]
)
def test_a_single_character_can_be_seen(character: str, shown: str) -> None:
    assert sign(character) == shown


def test_differing_characters_are_pieces() -> None:
    assert differing("AB 12", "A812") == (
        [("A", False), ("B␣", True), ("12", False)],
        [("A", False), ("8", True), ("12", False)],
    )
    assert differing("", "x") == ([], [("x", True)])


def test_a_letter_stays_with_its_marks() -> None:
    truth, text = differing("cafe\u0301s", "cafes")
    assert truth == [("caf", False), ("e\u0301", True), ("s", False)] and text == [("cafes", False)]


def test_very_long_texts_are_compared_as_far_as_they_are_shown() -> None:
    truth, text = differing("a" * 10_000, "a" * LONGEST)
    assert truth == [("a" * LONGEST, False), ("…", False)] and text == [("a" * LONGEST, False)]


def test_names_break_after_underscores_only() -> None:
    assert breakable("norm_<b>") == "norm_<wbr>&lt;b&gt;"
