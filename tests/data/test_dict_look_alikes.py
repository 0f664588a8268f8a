"""Characters that look the same."""

from __future__ import annotations

import string
import unicodedata

import pytest

from ocrflow.data.dict_look_alikes import look_alikes


@pytest.mark.parametrize(
    "pair",
    [
        "A\u0391",
        "A\u0410",
        "o\u043e",
        "A\uff21",
        "-\u2013",
        "'\u2019",
        " \u00a0",
        " \u3000",
        "K\u212a",
        "I\u2160",
        ":\uff1a",
    ],
)
def test_what_looks_the_same_is_one_group(pair: str) -> None:
    assert look_alikes(pair) == [list(pair)]


@pytest.mark.parametrize("pair", ["0O", "1l", "2\u00b2", "a\u00aa", "s\u017f", "1\u2460"])
def test_what_has_a_look_of_its_own_is_not(pair: str) -> None:
    assert look_alikes(pair) == []


def test_a_plain_latin_dictionary_has_none() -> None:
    assert look_alikes(string.printable.replace("\t\n\r\x0b\x0c", "") + "éèàçùâêîôûëïüœæ°€£«»…") == []


def test_groups_come_in_the_order_of_their_first_member() -> None:
    assert look_alikes("O-A\u0410\u2014\u041e") == [["O", "\u041e"], ["-", "\u2014"], ["A", "\u0410"]]


def test_the_table_names_single_assigned_characters_once() -> None:
    from ocrflow.data.dict_look_alikes import _DRAWN_ALIKE

    members = [char for group in _DRAWN_ALIKE.split(" ") for char in group]
    assert len(members) == len(set(members))
    assert all(unicodedata.name(char, "") for char in members)
    assert all(len(group) > 1 for group in _DRAWN_ALIKE.split(" "))
