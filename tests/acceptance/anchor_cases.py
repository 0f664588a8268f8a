"""A case of the gate, and the short forms in which the tables write one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from anchor_toy import TRAIN, VAL, Toy
from PIL import Image

Told = tuple[str, str, int | None]  # code, file relative to the dataset, line
Place = tuple[str, int]  # list file, line
RowDamage = Callable[[Toy, str, int], object]

ORPHAN = frozenset({"image_orphan"})  # warned of as well, because the row of the image cannot be read
EVERY_PLACE: tuple[Place, ...] = ((TRAIN, 1), (TRAIN, 3), (TRAIN, 12), (VAL, 1), (VAL, 4))
PLACES: tuple[Place, ...] = ((TRAIN, 11), (VAL, 2))


@dataclass(frozen=True)
class Case:
    """One defect, or one unusual dataset that is good.

    Attributes:
        name: what is done to the dataset.
        damage: does it.
        told: every fault that must be told, and no other one.
        may: codes of warnings that may be told beside them, because they are true as well.
        overrides: `-o` of the run.
    """

    name: str
    damage: Callable[[Toy], object]
    told: tuple[Told, ...] = ()
    may: frozenset[str] = frozenset()
    overrides: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def whole(name: str, damage: Callable[[Toy], object], code: str, file: str, line: int | None = None) -> Case:
    """A case of one fault; the images of the file may be told to be orphans."""
    return Case(name, damage, ((code, file, line),), ORPHAN)


def at(
    name: str, code: str, damage: RowDamage, places: Iterable[Place] = PLACES, may: frozenset[str] = frozenset()
) -> list[Case]:
    """The same defect in several rows, a case each."""

    def case(file: str, line: int) -> Case:
        return Case(f"{name}, {file}:{line}", lambda toy: damage(toy, file, line), ((code, file, line),), may)

    return [case(file, line) for file, line in places]


def row_three(name: str, code: str, damage: RowDamage, may: frozenset[str] = frozenset()) -> Case:
    """A defect in the third row of train.txt."""
    return at(name, code, damage, ((TRAIN, 3),), may)[0]


def good(name: str, damage: Callable[[Toy], object]) -> Case:
    """A dataset of which nothing bad can be said."""
    return Case(f"good: {name}", damage)


def stored(content: Callable[[Image.Image], bytes] | bytes, suffix: str = ".png") -> RowDamage:
    """Puts other bytes in the place of an image: `content`, or what it makes of the image."""

    def damage(toy: Toy, file: str, line: int) -> None:
        toy.store(file, line, content if isinstance(content, bytes) else content(toy.picture(file, line)), suffix)

    return damage


def repathed(how: Callable[[str], str]) -> RowDamage:
    """Writes a row's path in another way."""
    return lambda toy, file, line: toy.repath(file, line, how(toy.row(file, line)[0]))


def relabelled(text: str) -> RowDamage:
    """Gives a row another label."""
    return lambda toy, file, line: toy.relabel(file, line, text)
