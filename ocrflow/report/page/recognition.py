"""What the page of text recognition shows beyond the top: the worst rows, confusions, accuracy by length and score."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocrflow.report.page.album import Album, Picture
from ocrflow.report.page.parts import Lines
from ocrflow.report.page.texts import differing, shortened
from ocrflow.tasks.text_recognition.characters import edits_between

MOST_WORST, MOST_SURE, LEAST_SURE = 48, 12, 12
PAIRS, SHOWN_PAIRS, EXAMPLES = 60, 18, 2  # confusions, those with pictures, and how many each
LIMITS, MOST_BYTES = (1400, 128), 40_000  # pixels and bytes of a picture
TALL = 1.2  # height / width from which a picture is shown larger
WIDE, WIDEST = 5.5, 12.0  # width / height from which a row has two columns, and the page's width

Line = dict[str, Any]


@dataclass(frozen=True)
class RowCard:
    """A row with its picture (None: it cannot be read), its name, and both texts as pieces that differ or do not."""

    name: str
    picture: Picture | None
    truth: list[tuple[str, bool]]
    text: list[tuple[str, bool]]
    score: float
    correct: bool

    @property
    def shape(self) -> str:
        """Class for CSS: tall, wide, widest or none."""
        if self.picture is None:
            return "wide" if sum(len(piece) for piece, _ in self.truth) > 60 else ""
        ratio = self.picture.height / self.picture.width
        if ratio > TALL:
            return "tall"
        return "widest" if ratio < 1 / WIDEST else "wide" if ratio < 1 / WIDE else ""


@dataclass(frozen=True)
class Pair:
    """How often `label` is read as `text` ("": nothing), with rows as examples where it is frequent."""

    label: str
    text: str
    count: int
    examples: list[RowCard]


class Readings:
    """What is kept of evaluate/predictions.jsonl, read once.

    Attributes:
        rows, wrong, damaged: lines that hold a reading, those that are wrong, and lines that hold none.
        lines: up to `MOST_WORST` wrong ones, worst first; without a wrong one the least sure.
        sure: wrong ones of the highest score that are not in `lines`.
        pairs: how often a character is read as another.
        examples: lines with a pair.
    """

    def __init__(self, file: Path):
        from ocrflow.report.page.kept import Kept

        worst, sure = Kept[Line](MOST_WORST, _badness), Kept[Line](MOST_SURE + MOST_WORST, lambda row: -_score(row))
        unsure = Kept[Line](LEAST_SURE, _score)
        self.rows = self.wrong = 0
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.examples: dict[tuple[str, str], list[Line]] = {}
        source = Lines(file)
        for row in source:
            if not _is_reading(row):
                continue
            self.rows += 1
            if row.get("correct"):
                unsure.add(row)
                continue
            self.wrong += 1
            worst.add(row)
            sure.add(row)
            self._count(row)
        self.damaged = source.damaged + source.read - self.rows
        self.lines = worst.items or unsure.items
        shown = {row["image"] for row in self.lines}
        self.sure = [row for row in sure.items if row["image"] not in shown][:MOST_SURE]

    def _count(self, row: Line) -> None:
        pairs = edits_between(row["label"], row["text"])
        self.pairs.update(pairs)
        for pair in dict.fromkeys(pairs):
            examples = self.examples.setdefault(pair, [])
            if len(examples) < EXAMPLES:
                examples.append(row)


def recognition_context(readings: Readings, root: Path, album: Album) -> dict[str, Any]:
    """What the template needs of the readings.

    Args:
        root: folder of the images.
    """
    worst = [_card(row, root, album) for row in readings.lines]
    sure = [_card(row, root, album) for row in readings.sure]
    frequent = sorted(readings.pairs.items(), key=lambda item: (-item[1], item[0]))[:PAIRS]
    pairs = [
        Pair(
            *pair, count, [_card(row, root, album) for row in readings.examples[pair] if count > 1 and n < SHOWN_PAIRS]
        )
        for n, (pair, count) in enumerate(frequent)
    ]
    return {"readings": readings, "worst": worst, "sure": sure, "pairs": pairs, "edits": readings.pairs.total()}


def _card(row: Line, root: Path, album: Album) -> RowCard:
    image_HWC = album.image(root / row["image"])
    picture = None if image_HWC is None else album.picture(image_HWC, LIMITS, MOST_BYTES)
    truth, text = differing(row["label"], row["text"])
    return RowCard(shortened(row["image"], 120), picture, truth, text, row["score"], bool(row.get("correct")))


def _is_reading(row: Line) -> bool:
    texts = all(isinstance(row.get(key), str) for key in ("image", "label", "text"))
    return texts and isinstance(row.get("score"), int | float)


def _badness(row: Line) -> tuple[float, float]:
    return -Levenshtein.normalized_distance(row["label"], row["text"]), -_score(row)


def _score(row: Line) -> float:
    return float(row["score"]) if isfinite(row["score"]) else 0.0
