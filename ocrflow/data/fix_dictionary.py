"""Correcting dict.txt: what can be removed or normalised without asking which character was meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from ocrflow.data.dictionary import SPACE
from ocrflow.data.fix_rules import FixLog
from ocrflow.data.fix_text import NumberedLine
from ocrflow.data.root import DICT_NAME

REMOVING = ("dict_blank", "dict_space", "dict_duplicate")


def corrected_entries(lines: Iterable[NumberedLine], log: FixLog) -> list[str]:
    """The entries in their order, without empty lines, spaces and repetitions, in NFC where that is a new character.

    Entries of several characters, which nobody can divide without asking, stay as they are.
    """
    numbered = list(lines)
    known = {entry for _, entry in numbered}
    kept: dict[str, None] = {}
    for number, entry in numbered:
        rule = _why_removed(entry, kept)
        if rule:
            log.add(rule, DICT_NAME, number, entry, None)
            continue
        composed = unicodedata.normalize("NFC", entry)
        if composed != entry and len(composed) == 1 and composed not in known:
            log.add("nfc", DICT_NAME, number, entry, composed)
            known.add(composed)
            entry = composed
        kept[entry] = None
    return list(kept)


def _why_removed(entry: str, kept: dict[str, None]) -> str | None:
    """The rule by which an entry goes."""
    if not entry:
        return "dict_blank"
    if not entry.strip(SPACE):
        return "dict_space"
    return "dict_duplicate" if entry in kept else None
