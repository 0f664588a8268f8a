"""What another dictionary costs a network that was trained already.

Classes of a recogniser: 0 the CTC blank, 1..n the dictionary in its order, n + 1 the space. `ocrflow.nets.load` carries
the rows of the last layer over by character, the blank and the space included, when it knows the dictionary that the
weights were trained with; every other tensor does not depend on the dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocrflow.data.dict_names import cut, named


@dataclass(frozen=True)
class Difference:
    """How the dictionary `new` differs from `old`; all in the order of their dictionary.

    Attributes:
        added, removed: characters that only one of both has.
        moved: characters of both whose class is another one.
    """

    old: list[str]
    new: list[str]
    added: list[str]
    removed: list[str]
    moved: list[str]

    @property
    def equal(self) -> bool:
        """The same characters in the same order."""
        return self.old == self.new

    @property
    def carried(self) -> int:
        """Classes whose row of the last layer is carried over: shared characters, blank and space."""
        return len(self.new) - len(self.added) + 2

    @property
    def fresh(self) -> int:
        """Classes that start untrained."""
        return len(self.added)


def num_classes(characters: Sequence[str]) -> int:
    """Blank, characters and space."""
    return len(characters) + 2


def difference(old: Sequence[str], new: Sequence[str]) -> Difference:
    """Compare two dictionaries, each without blank and space and without duplicates."""
    old_class, new_class = class_of(old), class_of(new)
    return Difference(
        list(old),
        list(new),
        added=[char for char in new if char not in old_class],
        removed=[char for char in old if char not in new_class],
        moved=[char for char in new if old_class.get(char, new_class[char]) != new_class[char]],
    )


def class_of(characters: Sequence[str]) -> dict[str, int]:
    """The class of each character of a dictionary."""
    return {char: index for index, char in enumerate(characters, 1)}


def change_lines(change: Difference) -> list[str]:
    """What was added, removed and moved, with the classes, for people."""
    if change.equal:
        return ["equal: the same characters in the same order"]
    old, new = class_of(change.old), class_of(change.new)
    lines = [
        f"added {len(change.added)}: " + cut([f"{named(char)} class {new[char]}" for char in change.added]),
        f"removed {len(change.removed)}: " + cut([f"{named(char)} class {old[char]}" for char in change.removed]),
        f"moved {len(change.moved)}: " + cut([f"{char!r} {old[char]} -> {new[char]}" for char in change.moved]),
    ]
    if len(old) != len(new):
        lines.append(f"the space: class {len(old) + 1} -> {len(new) + 1}")
    return [line.removesuffix(": ") for line in lines]


def cost_lines(change: Difference) -> list[str]:
    """What becomes of weights that were trained with the old dictionary, for people."""
    before, after = num_classes(change.old), num_classes(change.new)
    if change.equal:
        return [f"weights fit as they are: all {after} classes stay"]
    size = f"{after} classes" if before == after else f"{before} -> {after} classes"
    by_number = (
        "the rows are copied by number, so moved and exchanged characters start as other characters"
        if before == after
        else "the whole last layer starts untrained, as the number of classes is another"
    )
    return [
        f"last layer: {size}; {change.carried} carried over by character (blank and space included), "
        f"{change.fresh} start untrained",
        "all other layers are loaded as they are",
        f"weights whose dictionary ocrflow does not know (no label_dict.txt beside the .pdparams): {by_number}",
        "give them as Train.pretrain_weight_path; a stopped training is not to be resumed with another dictionary",
    ]
