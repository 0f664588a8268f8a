"""How the commands on dictionaries name characters and places: a few of many, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 12


def named(char: str) -> str:
    """`'A' (U+0041)`."""
    return f"{char!r} (U+{ord(char):04X})"


def cut(entries: Sequence[str], shown: int = SHOWN) -> str:
    """The first entries, and how many more there are."""
    more = f", ... and {len(entries) - shown} more" if len(entries) > shown else ""
    return ", ".join(entries[:shown]) + more


def rows_line(places: Sequence[str]) -> str:
    """`3 rows (a/train.txt:3, 9, a/val.txt:1)`, the first ones."""
    shown: list[str] = []
    file = ""
    for place in places[:SHOWN]:
        before, file = file, place.rpartition(":")[0]
        shown.append(place.rpartition(":")[2] if file == before else place)
    more = ", ..." if len(places) > SHOWN else ""
    return f"{len(places)} {'row' if len(places) == 1 else 'rows'} ({', '.join(shown)}{more})"
