"""Which characters are read wrong, and what is taken for what.

Characters are compared along a smallest edit from label to text (Levenshtein, rapidfuzz's `editops`). Where several
edits are smallest, rapidfuzz's choice is taken, the same in every run. A character is a code point, and so a combining
mark is one of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

CONFUSIONS = 50  # pairs in the result
NOTHING = ""  # the other side of a character that is left out or put in


@dataclass(frozen=True)
class CharacterRow:
    """How a character of the labels is read.

    Attributes:
        character, code_point: itself, and as "U+0041".
        occurrences: in all labels.
        errors: how many of these are read as another character or left out.
        recall: 1 - errors / occurrences.
        read_as, read_as_count: its most frequent confusion ("": left out); of equally many the first by code point.
            None and 0 without errors.
        unknown: the model's dictionary lacks it, so that it is always an error.
    """

    character: str
    code_point: str
    occurrences: int
    errors: int
    recall: float
    read_as: str | None
    read_as_count: int
    unknown: bool


@dataclass(frozen=True)
class Confusion:
    """How often `label` is read as `text`; an empty `text` was left out, an empty `label` was put in."""

    label: str
    text: str
    count: int


def edits_between(label: str, text: str) -> list[tuple[str, str]]:
    """The differing characters of a smallest edit: (of the label, of the text), "" where one has none."""
    if label == text:
        return []
    return [
        (
            NOTHING if edit.tag == "insert" else label[edit.src_pos],
            NOTHING if edit.tag == "delete" else text[edit.dest_pos],
        )
        for edit in Levenshtein.editops(label, text)
    ]


def character_rows(
    occurrences: Counter[str], pairs: Counter[tuple[str, str]], known: Collection[str] | None
) -> list[CharacterRow]:
    """The table by character, most errors first, then by code point.

    Args:
        occurrences: of each character in all labels.
        pairs: how often each of `edits_between` occurs.
        known: the characters that the model can write; None: not to be told.
    """
    read_as: dict[str, list[tuple[int, str]]] = {}
    for (character, text), count in pairs.items():
        read_as.setdefault(character, []).append((-count, text))
    writable = occurrences.keys() if known is None else set(known)
    table = []
    for character, total in occurrences.items():
        confusions = read_as.get(character, [])
        errors = -sum(count for count, _ in confusions)
        row = CharacterRow(
            character=character,
            code_point=f"U+{ord(character):04X}",
            occurrences=total,
            errors=errors,
            recall=1 - errors / total,
            read_as=min(confusions)[1] if confusions else None,
            read_as_count=-min(confusions)[0] if confusions else 0,
            unknown=character not in writable,
        )
        table.append(row)
    return sorted(table, key=lambda row: (-row.errors, row.character))


def most_frequent(pairs: Counter[tuple[str, str]], most: int) -> list[Confusion]:
    """The `most` most frequent pairs of `edits_between`; of equally many the first by code point."""
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [Confusion(*pair, count) for pair, count in ordered[:most]]
