"""Texts of the `plates` style: registration numbers in the layouts of several countries."""

from __future__ import annotations

from ocrflow.data.synth.dice import Dice

DIGITS = "0123456789"
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # without I, O and Q, which registries leave out because they look like 1 and 0
PLATE_CHARACTERS = DIGITS + LETTERS

# L a letter, D a digit, X either, | a place where a country puts a separator.
_PATTERNS = [
    ("LLDD|LLL", 3), ("LLL|DDDD", 4), ("DLLLDDD", 3), ("LL|DDD|LL", 3), ("LL|DDDLL", 2), ("DLD|DDDD", 2),
    ("L|DDDDD", 1), ("L|XDDXD", 2), ("LL|DDDDD", 2), ("LLL|DDD", 2), ("DDD|LLL", 2), ("LLL|DLDD", 2),
    ("L|LL|DDDD", 1), ("LL|LL|DDD", 1), ("LLDD|LLDD", 1), ("DD|LL|DDD", 1), ("LL|DD|LL", 1), ("DDDD|LL", 1),
    ("DDDD|LLL", 1), ("LLD|LDL", 2), ("DDDDD", 0.5), ("LLLDD", 1), ("XXXXX", 1), ("XXXXXX", 2),
    ("XXXXXXX", 2), ("XXXX|XXXX", 1), ("DDD|DDDD", 0.5), ("L|DDD|LL", 1),
]  # fmt: skip


def plate_pattern(dice: Dice) -> tuple[str, str]:
    """(text with '|' where a separator is drawn, label of 5 to 8 characters)."""
    pattern = dice.weighted(_PATTERNS)
    alphabet = {"L": LETTERS, "D": DIGITS, "X": PLATE_CHARACTERS}
    shown = "".join(dice.string(alphabet[code], 1) if code in alphabet else code for code in pattern)
    return shown, shown.replace("|", "")
