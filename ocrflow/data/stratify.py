"""Dividing groups so that both sides have labels of all lengths, and no character exists only in val.

Groups are sorted into strata by their mean label length, each twice as wide as the one before. A stratum gives its
share to train in the order of the groups' hashes, so that few groups move when rows are added. A group that alone has
some character goes to train beforehand; if all groups that have a rare character fell to val, the smallest of them
is moved. Val can come out smaller by that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ocrflow.data.split import place_of

Labels = Sequence[str]  # the texts of one row


def divide_stratified(
    keys: Sequence[str], of_row: Sequence[int], labels: Sequence[Labels], seed: int, train_percent: int
) -> list[bool]:
    """Whether each group belongs to train. Linear in the number of characters, but for sorting the groups.

    Args:
        keys: what tells groups apart, by number.
        of_row: number of each row's group.
        labels: the texts of each row.
        seed: another seed, another division.
        train_percent: share of train in rows, 0 to 100.
    """
    sizes, strata = _sizes_and_strata(len(keys), of_row, labels)
    places = [place_of(key, seed) for key in keys]
    train = _alone_with_a_character(len(keys), of_row, labels)
    wanted = 0.0
    for number in sorted(strata):
        groups = sorted(strata[number], key=lambda group: (not train[group], places[group], keys[group]))
        wanted += train_percent / 100 * sum(sizes[group] for group in groups)
        for group in groups:
            train[group] = train[group] or sizes[group] / 2 <= wanted
            wanted -= sizes[group] if train[group] else 0
    _bring_characters(train, sizes, places, of_row, labels)
    return train


def _sizes_and_strata(
    number: int, of_row: Sequence[int], labels: Sequence[Labels]
) -> tuple[list[int], dict[int, list[int]]]:
    """Rows of each group, and the groups by the bit length of their mean label length."""
    sizes, texts, characters = ([0] * number for _ in range(3))
    for group, row_labels in zip(of_row, labels, strict=True):
        sizes[group] += 1
        texts[group] += len(row_labels)
        characters[group] += sum(map(len, row_labels))
    strata: dict[int, list[int]] = defaultdict(list)
    for group in range(number):
        strata[(characters[group] // max(texts[group], 1)).bit_length()].append(group)
    return sizes, strata


def _alone_with_a_character(number: int, of_row: Sequence[int], labels: Sequence[Labels]) -> list[bool]:
    """Whether a group has a character that no other group has."""
    only: dict[str, int] = {}
    for group, row_labels in zip(of_row, labels, strict=True):
        for char in {char for text in row_labels for char in text}:
            if only.setdefault(char, group) != group:
                only[char] = -1
    alone = [False] * (number + 1)
    for group in only.values():
        alone[group] = True
    return alone[:number]


def _bring_characters(
    train: list[bool], sizes: Sequence[int], places: Sequence[int], of_row: Sequence[int], labels: Sequence[Labels]
) -> None:
    """Move groups from val to train until train has all characters, the rarest first."""
    in_train, in_val = (_characters(of_row, labels, train, side) for side in (True, False))
    missing = in_val - in_train
    if not missing:
        return
    having: dict[str, set[int]] = {char: set() for char in missing}
    found: dict[int, set[str]] = defaultdict(set)
    for group, row_labels in zip(of_row, labels, strict=True):
        if not train[group]:
            for char in missing.intersection("".join(row_labels)):
                having[char].add(group)
                found[group].add(char)
    for char in sorted(missing, key=lambda char: (len(having[char]), char)):
        if char in missing:
            group = min(having[char], key=lambda group: (sizes[group], places[group]))
            train[group] = True
            missing -= found[group]


def _characters(of_row: Sequence[int], labels: Sequence[Labels], train: Sequence[bool], side: bool) -> set[str]:
    found: set[str] = set()
    for group, row_labels in zip(of_row, labels, strict=True):
        if train[group] == side:
            found.update(*row_labels)
    return found
