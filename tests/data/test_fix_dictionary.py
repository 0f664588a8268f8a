"""Correcting dict.txt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocrflow.data.fix_dictionary import corrected_entries
from ocrflow.data.fix_rules import FixLog


def corrected(*entries: str) -> tuple[list[str], list[tuple[str, int | None]]]:
    """The entries that are left, and (rule, line) of each change."""
    log = FixLog()
    kept = corrected_entries(enumerate(entries, 1), log)
    return kept, [(item.change, item.line) for item in log.changes]


def test_empty_lines_spaces_and_repetitions_go_and_the_order_stays() -> None:
    changes = [("dict_blank", 2), ("dict_space", 4), ("dict_duplicate", 5)]
    assert corrected("b", "", "a", " ", "b", "\u3000") == (["b", "a", "\u3000"], changes)


def test_entries_of_several_characters_stay() -> None:
    assert corrected("ab", "a ", "c") == (["ab", "a ", "c"], [])


def test_an_entry_gets_nfc_unless_that_character_is_there() -> None:
    assert corrected("e\u0301", "b") == (["é", "b"], [("nfc", 1)])
    assert corrected("\u212b", "é", "e\u0301") == (["Å", "é", "e\u0301"], [("nfc", 1)])


@given(st.lists(st.sampled_from(["", " ", "a", "b", "é", "e\u0301", "\u212b", "Å", "ab"]), max_size=8))
def test_a_corrected_dictionary_is_not_corrected_again(entries: list[str]) -> None:
    once, _ = corrected(*entries)
    assert corrected(*once) == (once, [])
