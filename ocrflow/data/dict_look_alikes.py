"""Characters that look the same and are different classes: a dictionary that has several of them is often a mistake.

Two rules, both on single characters: Unicode's own compatibility forms (full-width letters, no-break spaces, Roman
numerals, radicals), and a short table of letters, dashes, quotes and dots that fonts draw alike. Characters that every
complete dictionary needs although they resemble each other are left out on purpose: 0 and O, 1 and l, kana and kanji.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_DRAWN_ALIKE = (
    "AΑА BΒВ CСϹ EΕЕ FϜ HΗН IΙІ JЈ KΚК MΜМ NΝ OΟО PΡР SЅ TΤТ XΧХ YΥҮ ZΖ aа cсϲ eе hһ iі jј oοо pрρ sѕ vν wԝ xх yу "
    "ΓГ ΠП ΦФ ßβ ÐĐƉ ÖӦ ÄӒ ËЁ ëё ïї əǝ "
    "-‐‑‒–—−― '’‘‛´ʼʹ′ \"“”„‟″ «≪ »≫ ·•∙⋅・‧ :∶ ,‚ ~∼〜 /⁄∕ |∣ °˚º <‹ >› 〇○◯ ×✕ …⋯"
)
_GROUP_OF = {char: group[0] for group in _DRAWN_ALIKE.split(" ") for char in group}
_SAME_LOOK = frozenset(("<wide>", "<narrow>", "<font>", "<compat>", "<noBreak>"))
_OTHER_LOOK = frozenset("ſ")  # a compatibility form of s that is drawn otherwise


def look_alikes(characters: Iterable[str]) -> list[list[str]]:
    """The groups of two and more characters that look the same, in the order of their first member.

    Args:
        characters: single characters; pass the space too, it is always a class.
    """
    groups: dict[str, list[str]] = {}
    for char in characters:
        groups.setdefault(_look(char), []).append(char)
    return [group for group in groups.values() if len(group) > 1]


def _look(char: str) -> str:
    """The character that stands for all that look like `char`."""
    plain = unicodedata.normalize("NFC", char)
    tag = unicodedata.decomposition(char).partition(" ")[0]
    if tag in _SAME_LOOK and char not in _OTHER_LOOK:
        folded = unicodedata.normalize("NFKC", char)
        plain = folded if len(folded) == 1 else plain
    return _GROUP_OF.get(plain, plain)
