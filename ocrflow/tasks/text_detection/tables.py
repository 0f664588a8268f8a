"""Where boxes go wrong: by the height and the tilt of the text, by the score, and how well right boxes fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import atan2, degrees, dist, inf
from typing import Any

import numpy as np

from ocrflow.data.polygons import min_side
from ocrflow.tasks.text_detection.metric import DetectionCounts
from ocrflow.tasks.tools import Prediction

HEIGHTS = (0, 8, 12, 16, 24, 32, 48, 64, 96, inf)  # pixels of the image
TILTS = (0, 5, 15, 30, 60, 90)  # degrees from the horizontal
SCORES = tuple(round(0.05 * step, 2) for step in range(20))


@dataclass(frozen=True)
class RecallRow:
    """The labelled texts from `first` to below `end`: how many there are, and how many were found.

    Attributes:
        end: None: there is no limit.
        recall: None without texts.
    """

    first: float
    end: float | None
    labelled: int
    found: int
    recall: float | None


@dataclass(frozen=True)
class ThresholdRow:
    """The metrics when boxes with a score below `score` are dropped."""

    score: float
    found: int
    precision: float
    recall: float
    hmean: float


@dataclass(frozen=True)
class Tables:
    """All tables of one evaluation.

    Attributes:
        heights: by the short side of the text in pixels of the image.
        tilts: by the angle between its long side and the horizontal, in degrees.
        thresholds: from the lowest score of a box on.
        overlaps: intersection over union of right boxes with their labels: mean, and the 10th and 50th percentile;
            empty when no box is right.
        area: median of the area of right boxes over that of their labels: above 1 they are too large; None without any.
    """

    heights: list[RecallRow]
    tilts: list[RecallRow]
    thresholds: list[ThresholdRow]
    overlaps: dict[str, float]
    area: float | None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def tables_of(predictions: Sequence[Prediction]) -> Tables:
    """The tables over lines of evaluate/predictions.jsonl."""
    texts = [truth for row in predictions for truth in row["truth"] if truth["counts"]]
    found = [truth["box"] is not None for truth in texts]
    overlaps, areas = _fits(predictions)
    quality = {}
    if overlaps:
        tenth, median = np.percentile(overlaps, [10, 50]).tolist()
        quality = {"mean": float(np.mean(overlaps)), "tenth": tenth, "median": median}
    return Tables(
        _recall_rows(HEIGHTS, [min_side(truth["points"]) for truth in texts], found),
        _recall_rows(TILTS, [tilt(truth["points"]) for truth in texts], found),
        list(_threshold_rows(predictions)),
        quality,
        float(np.median(areas)) if areas else None,
    )


def tilt(points: Sequence[Sequence[float]]) -> float:
    """Degrees (0 to 90) between the longest side of a polygon and the horizontal."""
    (ax, ay), (bx, by) = max(zip(points, [*points[1:], points[0]], strict=True), key=lambda ends: dist(*ends))
    angle = abs(degrees(atan2(by - ay, bx - ax)))
    return min(angle, 180 - angle)


def _recall_rows(limits: Sequence[float], values: Iterable[float], found: Iterable[bool]) -> list[RecallRow]:
    """One row a range; a value on the last limit belongs to the last range."""
    places = np.minimum(np.digitize(list(values), limits), len(limits) - 1) - 1
    hits = np.array(list(found), bool)
    rows = []
    for place, (first, end) in enumerate(pairwise(limits)):
        inside = hits[places == place]
        recall = float(inside.mean()) if len(inside) else None
        rows.append(RecallRow(first, None if end == inf else end, len(inside), int(inside.sum()), recall))
    return rows


def _threshold_rows(predictions: Sequence[Prediction]) -> Iterator[ThresholdRow]:
    boxes = [box for row in predictions for box in row["boxes"] if box["counts"]]
    labelled = sum(truth["counts"] for row in predictions for truth in row["truth"])
    lowest = min((box["score"] for box in boxes), default=1.0)
    for score in SCORES:
        if score + 0.05 > lowest:
            kept = [box for box in boxes if box["score"] >= score]
            counts = DetectionCounts(sum(box["truth"] is not None for box in kept), labelled, len(kept))
            yield ThresholdRow(score, len(kept), counts.precision, counts.recall, counts.hmean)


def _fits(predictions: Sequence[Prediction]) -> tuple[list[float], list[float]]:
    """Overlap with, and area relative to, the label of every right box."""
    import shapely

    overlaps, areas = [], []
    for row in predictions:
        for truth in row["truth"]:
            if truth["box"] is not None:
                label, box = shapely.Polygon(truth["points"]), shapely.Polygon(row["boxes"][truth["box"]]["points"])
                shared = label.intersection(box).area
                overlaps.append(shared / (label.area + box.area - shared))
                areas.append(box.area / label.area)
    return overlaps, areas
