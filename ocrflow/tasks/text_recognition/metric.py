"""How good recognised texts are.

`acc` and `norm_edit_dis` are PaddleX's (PaddleOCR `RecMetric`): both compare without spaces. The counts are divided by
the exact number of rows, where PaddleOCR adds 1e-5 to it, so that all right is 1.0 here and 0.99999... there.
`cer` and `exact` compare the texts as they are, spaces included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True)
class Metrics:
    """Quality over `rows` pairs of label and text; all shares are 0..1 except `cer`, which may exceed 1.

    Attributes:
        acc: share of rows that are right when spaces are ignored.
        norm_edit_dis: 1 - mean of (edit distance / length of the longer text), spaces ignored.
        cer: character error rate, sum of edit distances / sum of label lengths.
        exact: share of rows whose text equals the label.
        rows: number of pairs; with none, every quality is 0.
    """

    acc: float
    norm_edit_dis: float
    cer: float
    exact: float
    rows: int


def is_correct(label: str, text: str) -> bool:
    """Whether `acc` counts the row as right: equal when spaces are ignored."""
    return label.replace(" ", "") == text.replace(" ", "")


def score(pairs: Iterable[tuple[str, str]]) -> Metrics:
    """The metrics over (label, text) pairs; reads them once and keeps none."""
    rows = right = equal = edits = characters = 0
    distances = 0.0
    for label, text in pairs:
        rows += 1
        right += is_correct(label, text)
        equal += label == text
        edits += Levenshtein.distance(label, text)
        characters += len(label)
        distances += Levenshtein.normalized_distance(label.replace(" ", ""), text.replace(" ", ""))
    if not rows:
        return Metrics(0.0, 0.0, 0.0, 0.0, 0)
    return Metrics(right / rows, 1 - distances / rows, edits / max(characters, 1), equal / rows, rows)
