"""A picture of what went wrong: images with right, misread, missed and false boxes, and what was read in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ocrflow.data.images import read_bgr
from ocrflow.report.detection_gallery import (
    FALSE,
    LEFT_OUT,
    MISSED,
    Kind,
    Mark,
    SceneTile,
    write_detection_gallery,
)
from ocrflow.tasks.tools import WORST, Prediction

RIGHT = Kind("read right", "#19a05a", 2)
MISREAD = Kind("misread: read | label", "#8a3ffc", 3)
KINDS = (RIGHT, MISREAD, MISSED, FALSE, LEFT_OUT)


def worst_of(lines: Sequence[Prediction]) -> list[Prediction]:
    """Up to `WORST` lines of ocr/predictions.jsonl: most faults first; if there are none, the least sure readings."""
    wrong = [line for line in lines if not line["correct"]]
    if wrong:
        return sorted(wrong, key=lambda line: -(line["missed"] + line["false"] + line["misread"]))[:WORST]
    return sorted(lines, key=lambda line: min((box["text_score"] for box in line["boxes"]), default=1.0))[:WORST]


def write_gallery(path: Path, title: str, root: Path, lines: Sequence[Prediction]) -> None:
    """Write the PNG `path` of these lines; their images lie below `root`.

    Raises:
        OutsideError: the file cannot be written. DataError: an image cannot be read.
    """
    tiles = [SceneTile(read_bgr(root / line["image"]), marks_of(line), _caption(line)) for line in lines]
    write_detection_gallery(path, title, tiles, KINDS)


def marks_of(line: Prediction) -> list[Mark]:
    """The boxes to draw: those that were found with what was read, and those that were not with their label."""
    marks = []
    for box in line["boxes"]:
        truth = None if box["truth"] is None else line["truth"][box["truth"]]["text"]
        if not box["counts"]:
            marks.append(Mark(box["points"], LEFT_OUT))
        elif truth is None:
            marks.append(Mark(box["points"], FALSE, box["text"] or "(nothing)"))
        elif box["right"]:
            marks.append(Mark(box["points"], RIGHT, box["text"]))
        else:
            marks.append(Mark(box["points"], MISREAD, f"{box['text']} | {truth}"))
    for truth in line["truth"]:
        if truth["box"] is None:
            kind, text = (MISSED, truth["text"]) if truth["counts"] else (LEFT_OUT, "")
            marks.append(Mark(truth["points"], kind, text))
    return marks


def _caption(line: Prediction) -> str:
    faults = ", ".join(f"{line[name]} {name}" for name in ("misread", "missed", "false"))
    return f"{line['image']}: {faults} of {sum(truth['counts'] for truth in line['truth'])} texts"
