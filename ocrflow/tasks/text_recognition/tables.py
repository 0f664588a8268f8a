"""Where readings go wrong: by the length of the label, by its characters, by what is taken for what, by the score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ocrflow.tasks.text_recognition.calibration import Calibration, calibration_of
from ocrflow.tasks.text_recognition.characters import (
    CONFUSIONS,
    CharacterRow,
    Confusion,
    character_rows,
    edits_between,
    most_frequent,
)
from ocrflow.tasks.text_recognition.metric import is_correct

LENGTH_BINS = 12  # most rows of the table by length


@dataclass(frozen=True)
class LengthRow:
    """The labels of `first` to `last` characters: `right` as in `acc`, acc = right / rows, cer = edits / characters."""

    first: int
    last: int
    rows: int
    right: int
    acc: float
    characters: int
    edits: int
    cer: float


@dataclass(frozen=True)
class Tables:
    """All tables of one evaluation.

    Attributes:
        lengths: by length of the label, shortest first.
        characters: every character that occurs in labels, most errors first.
        confusions: the most frequent ones, most frequent first.
        edits: how many edits all labels need; also those that `confusions` has no room for.
        calibration: scores against right rows.
    """

    lengths: list[LengthRow]
    characters: list[CharacterRow]
    confusions: list[Confusion]
    edits: int
    calibration: Calibration

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it; no value is infinite or not a number."""
        return asdict(self)


def tables_of(
    rows: Iterable[tuple[str, str, float]], known: Collection[str] | None = None, most_confusions: int = CONFUSIONS
) -> Tables:
    """The tables over rows of label, text and score; reads them once.

    Args:
        known: the characters that the model can write, if that is to be told.
        most_confusions: how many pairs to give.
    """
    of_length: dict[int, _LengthSums] = {}
    occurrences: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    scores: list[float] = []
    right: list[bool] = []
    for label, text, score in rows:
        edits = edits_between(label, text)
        occurrences.update(label)
        pairs.update(edits)
        scores.append(score)
        right.append(is_correct(label, text))
        of_length.setdefault(len(label), _LengthSums()).add(right[-1], len(edits))
    return Tables(
        _length_rows(of_length),
        character_rows(occurrences, pairs, known),
        most_frequent(pairs, most_confusions),
        pairs.total(),
        calibration_of(scores, right),
    )


def length_bins(rows_of_length: Mapping[int, int], most: int = LENGTH_BINS) -> list[tuple[int, int]]:
    """Ranges (first, last) of lengths: one a length, or when these are more than `most`, about equally many rows each.

    A length is never divided; first and last are lengths that occur.
    """
    lengths = sorted(rows_of_length)
    if len(lengths) <= most:
        return [(length, length) for length in lengths]
    bins: list[tuple[int, int]] = []
    first, rows, rows_left = lengths[0], 0, sum(rows_of_length.values())
    for length, following in zip(lengths, [*lengths[1:], 0], strict=True):
        rows += rows_of_length[length]
        if rows * (most - len(bins)) >= rows_left:
            bins.append((first, length))
            first, rows, rows_left = following, 0, rows_left - rows
    return bins


@dataclass
class _LengthSums:
    rows: int = 0
    right: int = 0
    edits: int = 0

    def add(self, right: bool, edits: int) -> None:
        self.rows += 1
        self.right += right
        self.edits += edits


def _length_rows(of_length: dict[int, _LengthSums]) -> list[LengthRow]:
    table = []
    for first, last in length_bins({length: sums.rows for length, sums in of_length.items()}):
        inside = {length: sums for length, sums in of_length.items() if first <= length <= last}
        rows = sum(sums.rows for sums in inside.values())
        right, edits = sum(sums.right for sums in inside.values()), sum(sums.edits for sums in inside.values())
        characters = sum(length * sums.rows for length, sums in inside.items())
        table.append(LengthRow(first, last, rows, right, right / rows, characters, edits, edits / max(characters, 1)))
    return table
