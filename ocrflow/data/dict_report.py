"""What the commands on dictionaries say, as lines for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence

from ocrflow.data.dict_labels import LabelList, not_nfc
from ocrflow.data.dict_look_alikes import look_alikes
from ocrflow.data.dict_names import SHOWN, cut, named, rows_line
from ocrflow.data.dict_tools import Usage
from ocrflow.data.dictionary import SPACE

FEW = 10  # a class that occurs fewer times is hardly learnt


def rare_lines(rare: Mapping[str, Usage], min_count: int, places: Sequence[str]) -> list[str]:
    """What `--min-count` left out, and the rows that lose by it."""
    if not rare:
        return []
    entries = [f"{named(char)} {found.times}x" for char, found in rare.items()]
    return [
        f"left out, as they occur fewer than {min_count} times: {cut(entries)}",
        f"  with one of them: {rows_line(places)}",
        "  they fail check_dataset (label_unknown_character): mend or remove them, or accept them: CheckDataset.allow",
    ]


def nfc_lines(lists: Sequence[LabelList], usage: Mapping[str, Usage], normalised: bool) -> list[str]:
    """Which labels are not in Unicode form NFC; for those that were brought to it, which rows are not yet.

    Args:
        lists: as they were counted.
        usage: of their characters.
        normalised: the texts were brought to NFC before they were counted.
    """
    if normalised:
        return ["the characters are those of the labels in Unicode form NFC: ocrflow data fix brings the labels to it"]
    places = not_nfc(lists)
    if not places:
        return []
    marks = [f"{named(char)} {usage[char].times}x" for char in usage if unicodedata.combining(char)]
    parts = f"; combining marks are classes of their own: {cut(marks)}" if marks else ""
    return [f"warning: not in Unicode form NFC: {rows_line(places)}{parts}", "  fix: --nfc, and ocrflow data fix"]


def look_alike_lines(
    characters: Sequence[str], usage: Mapping[str, Usage], only: Collection[str] | None = None
) -> list[str]:
    """The characters that look the same, how often the labels have each, and where the rarest of them is.

    Args:
        characters: the dictionary.
        usage: of the characters in the labels.
        only: name a group only when it holds one of these.
    """
    groups = [group for group in look_alikes([*characters, SPACE]) if only is None or not set(only).isdisjoint(group)]
    if not groups:
        return []
    lines = [f"warning: {len(groups)} {'group' if len(groups) == 1 else 'groups'} of characters that look the same:"]
    lines += [f"  {_group(group, usage)}" for group in groups[:SHOWN]]
    if len(groups) > SHOWN:
        lines.append(f"  ... and {len(groups) - SHOWN} more")
    return [*lines, "  they are different classes: use one of them in the labels, unless the difference is meant"]


def _group(group: Sequence[str], usage: Mapping[str, Usage]) -> str:
    return ", ".join(_member(char, usage.get(char)) for char in group)


def _member(char: str, found: Usage | None) -> str:
    name = f"{named(char)} {unicodedata.name(char, 'without a name')}"
    return f"{name} {found.times}x from {found.first}" if found else name


def added_lines(added: Sequence[str], usage: Mapping[str, Usage], first_class: int) -> list[str]:
    """The new classes with their number of examples, and a warning for those with few."""
    if not added:
        return ["the dictionary has every character of the labels already"]
    lines = ["new classes, which start untrained:"]
    for number, char in enumerate(added[:SHOWN], first_class):
        lines.append(f"  {named(char)} class {number}, {usage[char].times}x from {usage[char].first}")
    if len(added) > SHOWN:
        lines.append(f"  ... and {len(added) - SHOWN} more")
    few = [f"{named(char)} {usage[char].times}x" for char in added if usage[char].times < FEW]
    if few:
        lines.append(f"warning: {len(few)} occur fewer than {FEW} times and are hardly learnt: {cut(few)}")
    return lines
