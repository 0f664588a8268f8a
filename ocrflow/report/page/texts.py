"""Texts for people: signs that cannot be seen made visible, long ones cut, differing characters marked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup, escape

from ocrflow.report.gallery import SPACE_MARK, Runs, differences

LONGEST = 400  # characters of a text on the page
_CONTROLS = {code: chr(0x2400 + code) for code in range(32)} | {127: "\u2421"}  # they have signs of their own
_HIDDEN = (0x00AD, 0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
_VISIBLE = _CONTROLS | {code: f"\u27e8U+{code:04X}\u27e9" for code in _HIDDEN}  # marks that turn or hide other text


def visible(text: object) -> str:
    """The text with a sign for each control character and for each mark that changes the direction of writing."""
    return str(text).translate(_VISIBLE)


def shortened(text: object, longest: int = LONGEST) -> str:
    """The visible text, cut at `longest` characters."""
    whole = str(text)
    return visible(whole) if len(whole) <= longest else f"{visible(whole[:longest])}…"


def breakable(name: str) -> Markup:
    """The visible name of a metric, which may be broken after an underscore."""
    return Markup(str(escape(visible(name))).replace("_", "_<wbr>"))


def sign(character: str) -> str:
    """One character by itself: a space has a sign, a combining mark something to stand on."""
    if character == " ":
        return SPACE_MARK
    return f"\u25cc{character}" if unicodedata.category(character[:1] or " ").startswith("M") else visible(character)


def differing(truth: str, text: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both texts as pieces: visible characters, and whether they differ from the other text; cut at `LONGEST`."""
    both = differences(truth[:LONGEST], text[:LONGEST])
    pieces = [list(_pieces(runs)) for runs in both]
    for whole, of_text in zip((truth, text), pieces, strict=True):
        if len(whole) > LONGEST:
            of_text.append(("…", False))
    return pieces[0], pieces[1]


def _pieces(runs: Runs) -> Iterator[tuple[str, bool]]:
    for differs, group in groupby(_whole_letters(runs), key=lambda item: item[1]):
        piece = "".join(letters for letters, _ in group)
        yield visible(piece.replace(" ", SPACE_MARK) if differs else piece), differs


def _whole_letters(runs: Runs) -> Iterator[tuple[str, bool]]:
    """A letter with its combining marks is one: it differs when any part of it does."""
    letters, differs = "", False
    for character, other in runs:
        if letters and not unicodedata.category(character).startswith("M"):
            yield letters, differs
            letters, differs = "", False
        letters, differs = letters + character, differs or other
    if letters:
        yield letters, differs
