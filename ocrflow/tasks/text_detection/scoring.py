"""Scoring the boxes of an exported detector; implements `ocrflow.tasks.tools.Scorer`.

A line of evaluate/predictions.jsonl: `image`; `boxes`, each with `points`, `score`, the place of its `truth` (null:
none) and whether it `counts`; `truth`, each with `points`, `text`, the place of its `box` (null: missed) and whether it
`counts`; the numbers `missed` and `false`; `correct`: neither.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocrflow.data.boxes import read_boxes
from ocrflow.data.crossings import self_intersects
from ocrflow.data.images import read_bgr
from ocrflow.data.labels import Row
from ocrflow.data.lists import Lists
from ocrflow.files import write_json
from ocrflow.inference.detector import Detector, FoundBox
from ocrflow.report.detection_charts import write_detection_charts
from ocrflow.report.detection_gallery import FALSE, LEFT_OUT, MISSED, RIGHT, Mark, SceneTile, write_detection_gallery
from ocrflow.tasks.text_detection.metric import DetectionCounts, match_boxes
from ocrflow.tasks.text_detection.tables import tables_of
from ocrflow.tasks.tools import WORST, Prediction, Scores


class DetectionScorer:
    """Compares the boxes of `detector` with the labels of `lists.val`."""

    def __init__(self, detector: Detector, lists: Lists):
        self.detector, self.lists = detector, lists

    def warn(self) -> None:
        boxes = (box for row in self.lists.val for box in read_boxes(row, self.lists.val_file))
        crossed = sum(self_intersects(box.points) for box in boxes)
        if crossed:
            print(f"warning: {crossed} labelled polygons cross themselves and count for nothing; see ocrflow data fix")

    def prediction(self, row: Row, answer: list[FoundBox]) -> Prediction:
        truth = read_boxes(row, self.lists.val_file)
        polygons = [np.array(box.points, np.float64) for box in truth]
        found = [np.array(box.points, np.float64) for box in answer]
        matching = match_boxes(polygons, [box.ignored for box in truth], found)
        truth_of = {place: index for index, place in enumerate(matching.found_of) if place is not None}
        missed = matching.counts.labelled - matching.counts.matched
        false = matching.counts.found - matching.counts.matched
        return {
            "image": row.image,
            "boxes": [
                {**box.plain, "truth": truth_of.get(place), "counts": counts}
                for place, (box, counts) in enumerate(zip(answer, matching.found_counts, strict=True))
            ],
            "truth": [
                {"points": box.points, "text": box.text, "box": place, "counts": counts}
                for box, place, counts in zip(truth, matching.found_of, matching.labelled_counts, strict=True)
            ],
            "missed": missed,
            "false": false,
            "correct": not missed and not false,
        }

    def score(self, predictions: list[Prediction]) -> Scores:
        counts = counts_of(predictions)
        details = {"labelled": counts.labelled, "found": counts.found, "matched": counts.matched}
        return Scores(
            {"hmean": counts.hmean, "precision": counts.precision, "recall": counts.recall},
            sum(not row["correct"] for row in predictions),
            worst_of(predictions),
            {"boxes": details},
        )

    def write_tables(self, folder: Path, predictions: list[Prediction]) -> None:
        tables = tables_of(predictions)
        write_json(folder / "tables.json", tables.plain)
        write_detection_charts(folder / "charts.png", tables)

    def draw_worst(self, path: Path, scores: Scores) -> None:
        worst = scores.worst
        tiles = [SceneTile(read_bgr(self.lists.root / row["image"]), marks_of(row), _caption(row)) for row in worst]
        what = f"the {len(worst)} worst" if scores.wrong else f"nothing missed or false; the {len(worst)} least sure"
        figures = f"{len(self.lists.val)} images, hmean {scores.metrics['hmean']:.4f}"
        write_detection_gallery(path, f"{self.detector.name}: {figures}: {what}", tiles)


def counts_of(predictions: list[Prediction]) -> DetectionCounts:
    """The boxes of all predictions, added up."""
    truths = [truth for row in predictions for truth in row["truth"]]
    found = sum(box["counts"] for row in predictions for box in row["boxes"])
    return DetectionCounts(
        matched=sum(truth["box"] is not None for truth in truths),
        labelled=sum(truth["counts"] for truth in truths),
        found=found,
    )


def worst_of(predictions: list[Prediction]) -> list[Prediction]:
    """Up to `WORST` images: most missed and false boxes first; if there are none, those with the least sure box."""
    wrong = [row for row in predictions if not row["correct"]]
    if wrong:
        return sorted(wrong, key=lambda row: -(row["missed"] + row["false"]))[:WORST]
    return sorted(predictions, key=lambda row: min((box["score"] for box in row["boxes"]), default=1.0))[:WORST]


def marks_of(row: Prediction) -> list[Mark]:
    """The boxes to draw: what was found, and what was not."""
    found = [(box, RIGHT if box["truth"] is not None else FALSE) for box in row["boxes"]]
    missing = [(truth, MISSED) for truth in row["truth"] if truth["box"] is None]
    return [Mark(box["points"], kind if box["counts"] else LEFT_OUT) for box, kind in [*found, *missing]]


def _caption(row: Prediction) -> str:
    return f"{row['image']}: {row['missed']} missed, {row['false']} false of {len(row['truth'])} labelled"
