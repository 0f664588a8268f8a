"""The dictionary of text recognition: PaddleX's dict.txt, one character a line, the order decides the class."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import NamedTuple

from ocrflow.data.faults import Fault, fault, refuse_errors
from ocrflow.data.lines import scan_lines

SPACE = " "
_LEFT_OVER = ("\ufffd", "\ufeff")  # the replacement character and the byte order mark
_NO_TEXT = ("Cc", "Cs", "Cn", "Zl", "Zp")


class ScannedDictionary(NamedTuple):
    """The characters that could be read, in file order, and what is wrong with the file."""

    characters: list[str]
    faults: list[Fault]


def scan_dictionary(path: Path) -> ScannedDictionary:
    """Read a dictionary; what is wrong with it is returned, nothing is raised."""
    lines, faults = scan_lines(path, "dict")
    first_line: dict[str, int] = {}
    for number, entry in lines:
        problem = _problem(entry, first_line)
        if problem:
            faults.append(fault(*problem, path, line=number))
        if not problem or problem[0] == "dict_misencoded":
            first_line[entry] = number
            if not unicodedata.is_normalized("NFC", entry):
                message = f"{entry!r} (U+{ord(entry):04X}) is {unicodedata.normalize('NFC', entry)!r} in NFC"
                faults.append(fault("dict_not_nfc", message, path, line=number))
    if not first_line and all(item.severity == "warning" for item in faults):
        faults.append(fault("dict_empty", "no character", path))
    return ScannedDictionary(list(first_line), faults)


def _problem(entry: str, first_line: dict[str, int]) -> tuple[str, str] | None:
    """Code and message of what is wrong with one entry so that it is left out."""
    if not entry:
        return "dict_blank_entry", "expected one character, got an empty line"
    if len(entry) > 1:
        composed = unicodedata.normalize("NFC", entry)
        hint = f"; in NFC it is the one character {composed!r}" if len(composed) == 1 else ""
        return "dict_multi_character", f"expected one character, got {len(entry)}: {entry[:40]!r}{hint}"
    if entry == SPACE:
        return "dict_space", "a line with a space"
    if entry in first_line:
        return "dict_duplicate", f"{entry!r} stands in line {first_line[entry]} already"
    if entry in _LEFT_OVER or unicodedata.category(entry) in _NO_TEXT:
        return "dict_misencoded", f"{entry!r} (U+{ord(entry):04X}) is in no text that was encoded rightly"
    return None


def read_dictionary(path: Path) -> list[str]:
    """The characters in file order, without the CTC blank and without the space, which both are added later.

    Raises:
        DataError: the file is missing, empty, not UTF-8, or a line is not exactly one new character.
    """
    characters, faults = scan_dictionary(path)
    refuse_errors(faults)
    return characters
