"""How good recognised texts are; docs/metrics.md has every number with an example.

`acc` and `norm_edit_dis` are PaddleX's (PaddleOCR `RecMetric`): both leave out the space U+0020 of label and text, and
divide by the number of rows + 1e-5, so that of 16 right rows `acc` is 16 / 16.00001. All other shares divide by the
number itself. Texts are compared code point by code point; nothing is normalised unless the name says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import sqrt

from rapidfuzz.distance import Levenshtein

EPSILON = 1e-5  # what PaddleX adds to the number of rows
Z_95 = 1.959963984540054  # the normal distribution has 95 % within so many standard deviations


@dataclass(frozen=True)
class Metrics:
    """Quality over `rows` pairs of label and text; shares are 0..1, only `cer` and `wer` may exceed 1.

    Attributes:
        acc: right rows / (rows + 1e-5); right: equal when the space U+0020 is left out.
        norm_edit_dis: 1 - sum of (edit distance / length of the longer text) / (rows + 1e-5), without U+0020.
        cer: character error rate, sum of edit distances / sum of label lengths (1 if that is 0), spaces included.
        wer: the same in words between white space; None when no label has two words.
        exact: share of rows whose text equals the label.
        acc_ignore_case, acc_ignore_space, acc_ignore_case_space: as `exact`, with case folded and all white space left
            out (Unicode's, not only U+0020).
        rows, right: number of pairs, and of those that `acc` counts as right.
        edits, characters: sums of edit distances and of label lengths.
    """

    acc: float
    norm_edit_dis: float
    cer: float
    wer: float | None
    exact: float
    acc_ignore_case: float
    acc_ignore_space: float
    acc_ignore_case_space: float
    rows: int
    right: int
    edits: int
    characters: int

    @property
    def plain(self) -> dict[str, float]:
        """The qualities by name, without counts and without a `wer` that has no meaning."""
        counts = ("rows", "right", "edits", "characters")
        return {name: value for name, value in asdict(self).items() if name not in counts and value is not None}

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share of right rows."""
        return wilson_interval(self.right, self.rows)


def is_correct(label: str, text: str) -> bool:
    """Whether `acc` counts the row as right: equal when spaces are left out."""
    return label.replace(" ", "") == text.replace(" ", "")


def score(pairs: Iterable[tuple[str, str]]) -> Metrics:
    """The metrics over (label, text) pairs; reads them once and keeps none."""
    sums = _Sums()
    for label, text in pairs:
        sums.add(label, text)
    return sums.metrics()


def wilson_interval(right: int, rows: int, z: float = Z_95) -> tuple[float, float]:
    """The shares from which `right` of `rows` is no further than `z` standard deviations; (0, 1) without rows.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927), 209-212.
    """
    if not rows:
        return 0.0, 1.0
    share, spread = right / rows, z * z / rows
    centre = share + spread / 2
    margin = z * sqrt((share * (1 - share) + spread / 4) / rows)
    low, high = (centre - margin) / (1 + spread), (centre + margin) / (1 + spread)
    return (max(0.0, low) if right else 0.0), (min(1.0, high) if right < rows else 1.0)


@dataclass
class _Sums:
    """What the metrics are made of, added up row by row."""

    rows: int = 0
    right: int = 0
    exact: int = 0
    same_but_case: int = 0
    same_but_space: int = 0
    same_but_case_space: int = 0
    distances: float = 0.0
    edits: int = 0
    characters: int = 0
    word_edits: int = 0
    words: int = 0
    most_words: int = 0

    def add(self, label: str, text: str) -> None:
        words = label.split()
        self.rows += 1
        self.characters += len(label)
        self.words += len(words)
        self.most_words = max(self.most_words, len(words))
        if label == text:
            self._add_same()
        else:
            self._add_other(label, text, words)

    def _add_same(self) -> None:
        self.right += 1
        self.exact += 1
        self.same_but_case += 1
        self.same_but_space += 1
        self.same_but_case_space += 1

    def _add_other(self, label: str, text: str, words: list[str]) -> None:
        read_words = text.split()
        joined, read_joined = "".join(words), "".join(read_words)
        self.right += is_correct(label, text)
        self.same_but_case += label.casefold() == text.casefold()
        self.same_but_space += joined == read_joined
        self.same_but_case_space += joined.casefold() == read_joined.casefold()
        self.distances += Levenshtein.normalized_distance(label.replace(" ", ""), text.replace(" ", ""))
        self.edits += Levenshtein.distance(label, text)
        self.word_edits += Levenshtein.distance(words, read_words)

    def metrics(self) -> Metrics:
        rows = max(self.rows, 1)
        return Metrics(
            acc=self.right / (self.rows + EPSILON),
            norm_edit_dis=1 - self.distances / (self.rows + EPSILON),
            cer=self.edits / max(self.characters, 1),
            wer=self.word_edits / self.words if self.most_words > 1 else None,
            exact=self.exact / rows,
            acc_ignore_case=self.same_but_case / rows,
            acc_ignore_space=self.same_but_space / rows,
            acc_ignore_case_space=self.same_but_case_space / rows,
            rows=self.rows,
            right=self.right,
            edits=self.edits,
            characters=self.characters,
        )
