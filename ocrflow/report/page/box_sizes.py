"""How well boxes are found by their height, counted line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

from ocrflow.data.polygons import min_side
from ocrflow.tasks.text_detection.metric import DetectionCounts
from ocrflow.tasks.text_detection.tables import HEIGHTS


@dataclass
class SizeRow:
    """The texts and boxes whose short side is from `first` to below `end` pixels of the image.

    Attributes:
        labelled, recalled, read: labelled texts, those that were found, those that were read right too.
        found, right: boxes that were found, those that are right.
    """

    first: float
    end: float
    labelled: int = 0
    recalled: int = 0
    read: int = 0
    found: int = 0
    right: int = 0

    @property
    def name(self) -> str:
        """The range."""
        return f"{self.first:g}+" if self.end == inf else f"{self.first:g}-{self.end:g}"

    @property
    def recall(self) -> float | None:
        """Share of the labelled texts that were found; None without any."""
        return self.recalled / self.labelled if self.labelled else None

    @property
    def precision(self) -> float | None:
        """Share of the found boxes that are right; None without any."""
        return self.right / self.found if self.found else None

    @property
    def hmean(self) -> float | None:
        """Harmonic mean of both; None without labelled texts and boxes."""
        if self.recall is None and self.precision is None:
            return None
        precision, recall = self.precision or 0.0, self.recall or 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


class BoxSizes:
    """Adds up lines of predictions; a text that is found counts by its own height, a box by its."""

    def __init__(self) -> None:
        self._rows = [SizeRow(first, end) for first, end in pairwise(HEIGHTS)]
        self.counts = DetectionCounts()

    def add(self, line: dict[str, Any]) -> None:
        """Count one image."""
        texts = [truth for truth in line["truth"] if truth["counts"]]
        boxes = [box for box in line["boxes"] if box["counts"]]
        for truth in texts:
            row = self._row(truth["points"])
            found = truth["box"] is not None
            row.labelled += 1
            row.recalled += found
            row.read += found and bool(line["boxes"][truth["box"]].get("right"))
        for box in boxes:
            row = self._row(box["points"])
            row.found += 1
            row.right += box["truth"] is not None
        matched = sum(truth["box"] is not None for truth in texts)
        self.counts += DetectionCounts(matched, len(texts), len(boxes))

    def _row(self, points: Any) -> SizeRow:
        side = min_side(points)
        return next((row for row in self._rows if side < row.end), self._rows[-1])

    def __iter__(self) -> Iterator[SizeRow]:
        """The ranges that hold texts or boxes, smallest first."""
        return (row for row in self._rows if row.labelled or row.found)
