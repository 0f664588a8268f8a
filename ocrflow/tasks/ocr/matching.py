"""How well the pipeline finds and reads texts, end to end.

A text counts when its box overlaps a labelled one by more than one half (intersection over union, each counts once; see
`ocrflow.tasks.text_detection.metric`) and its string is equal. Texts marked `###` or `*` are not looked for, and what
is found on them counts neither way; the same goes for boxes with an empty transcription, whose text nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrflow.data.boxes import Box
from ocrflow.tasks.text_detection.metric import match_boxes
from ocrflow.tasks.tools import Prediction


@dataclass(frozen=True)
class ReadBox:
    """What the pipeline reports: the corners (x, y) in pixels, what it reads there, and how sure it is of that."""

    points: tuple[tuple[float, float], ...]
    text: str
    text_score: float


@dataclass(frozen=True)
class OcrCounts:
    """What was found and read in one image, or (added up) in many.

    Attributes:
        labelled: texts to find: boxes that are not ignored and have a transcription.
        found: boxes that the pipeline reports, without those on ignored texts.
        matched: labelled texts whose box was found.
        right: those of them that are read right.
        edits, characters: fewest edits from the matched labels to what was read there, and the labels' characters.
    """

    labelled: int = 0
    found: int = 0
    matched: int = 0
    right: int = 0
    edits: int = 0
    characters: int = 0

    def __add__(self, other: OcrCounts) -> OcrCounts:
        return OcrCounts(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))

    @property
    def metrics(self) -> dict[str, float]:
        """The scores, 0 to 1; `cer` can be above 1 and is missing when no box matched."""
        whole, boxes = _rates(self.right, self.found, self.labelled), _rates(self.matched, self.found, self.labelled)
        scores = dict(zip(("precision", "recall", "f1"), whole, strict=True))
        scores |= dict(zip(("box_precision", "box_recall", "box_hmean"), boxes, strict=True))
        scores["matched_acc"] = self.right / self.matched if self.matched else 0.0
        return scores | ({"cer": self.edits / self.characters} if self.characters else {})

    @property
    def plain(self) -> dict[str, int]:
        """As JSON has it."""
        return asdict(self)


def _rates(hits: int, found: int, labelled: int) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean; 0 where there is nothing to divide by."""
    total = found + labelled
    return hits / found if found else 0.0, hits / labelled if labelled else 0.0, 2 * hits / total if total else 0.0


def is_left_out(box: Box) -> bool:
    """Whether a label says where a text is, but not what it says."""
    return box.ignored or box.text == ""


def compare(image: str, labelled: Sequence[Box], found: Sequence[ReadBox]) -> Prediction:
    """The line of one image for ocr/predictions.jsonl.

    Keys: `image`; `boxes`, each with `points`, `text`, `text_score`, the place of its `truth` (null: none), whether it
    `counts` and is `right`; `truth`, each with `points`, `text`, the place of its `box` (null: missed) and whether it
    `counts`; the numbers `missed`, `false` and `misread`; `correct`: all three are 0.
    """
    polygons, boxes = ([np.array(box.points, np.float64) for box in some] for some in (labelled, found))
    matching = match_boxes(polygons, [is_left_out(box) for box in labelled], boxes)
    truth_of = {place: index for index, place in enumerate(matching.found_of) if place is not None}
    read = [
        _read(box, truth_of.get(place), labelled, counts)
        for place, (box, counts) in enumerate(zip(found, matching.found_counts, strict=True))
    ]
    truths = [
        {"points": box.points, "text": box.text, "box": place, "counts": counts}
        for box, place, counts in zip(labelled, matching.found_of, matching.labelled_counts, strict=True)
    ]
    faults = {
        "missed": sum(bool(truth["counts"]) and truth["box"] is None for truth in truths),
        "false": sum(box["counts"] and box["truth"] is None for box in read),
        "misread": sum(box["truth"] is not None and not box["right"] for box in read),
    }
    return {"image": image, "boxes": read, "truth": truths, **faults, "correct": not any(faults.values())}


def _read(box: ReadBox, truth: int | None, labelled: Sequence[Box], counts: bool) -> dict[str, Any]:
    right = truth is not None and box.text == labelled[truth].text
    return {**asdict(box), "truth": truth, "counts": counts, "right": right}


def counts_of(line: Prediction) -> OcrCounts:
    """The counts of one line of ocr/predictions.jsonl."""
    pairs = [(line["truth"][box["truth"]]["text"], box["text"]) for box in line["boxes"] if box["truth"] is not None]
    return OcrCounts(
        labelled=sum(truth["counts"] for truth in line["truth"]),
        found=sum(box["counts"] for box in line["boxes"]),
        matched=len(pairs),
        right=sum(box["right"] for box in line["boxes"]),
        edits=sum(Levenshtein.distance(label, text) for label, text in pairs),
        characters=sum(len(label) for label, _ in pairs),
    )
