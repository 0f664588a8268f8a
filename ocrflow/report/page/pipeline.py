"""What the page of the OCR pipeline shows: texts that are found and read, misread, missed or made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ocrflow.config import RunConfig
from ocrflow.report.page.album import Album
from ocrflow.report.page.bars import BarTable, percent_bars
from ocrflow.report.page.box_sizes import BoxSizes
from ocrflow.report.page.detection import LIMITS, MOST_BYTES, MOST_SCENES, is_findings
from ocrflow.report.page.kept import Kept
from ocrflow.report.page.parts import Lines
from ocrflow.report.page.scenes import FALSE, MISREAD, MISSED, Line, Mark, drawn_scenes, finite
from ocrflow.report.page.texts import differing, shortened
from ocrflow.tasks.text_recognition.characters import edits_between

MOST_GOOD, MOST_FAULTS, MOST_PAIRS = 4, 40, 20
NAMES = {MISREAD: "misread", MISSED: "missed", FALSE: "false"}

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Fault:
    """A text that is not right: its number in the picture, what it is, the label and what was read as pieces."""

    number: int
    kind: str
    truth: Pieces
    text: Pieces


@dataclass(frozen=True)
class ReadScene:
    """An image with its boxes (None: it cannot be shown), its name, its faults, and how many more of them there are."""

    name: str
    picture: Markup | None
    faults: list[Fault]
    more: int
    texts: int


class Readings:
    """What is kept of ocr/predictions.jsonl, read once.

    Attributes:
        rows, wrong, damaged: lines that hold an image's texts, those with a fault, and other lines.
        lines, good: wrong ones, most faults first; some without a fault.
        counts: texts right, misread, missed and false.
        pairs: how often a character of a found text is read as another.
        sizes: all boxes by their height.
    """

    def __init__(self, file: Path):
        worst = Kept[Line](MOST_SCENES, lambda row: -sum(finite(row.get(kind)) for kind in NAMES))
        good = Kept[Line](MOST_GOOD, lambda row: -len(row["boxes"]))
        self.rows = self.wrong = 0
        self.counts, self.sizes = Counter[str](), BoxSizes()
        self.pairs = Counter[tuple[str, str]]()
        source = Lines(file)
        for row in source:
            if not is_findings(row) or not all(isinstance(box.get("text"), str) for box in row["boxes"]):
                continue
            self.rows += 1
            self.wrong += not row.get("correct")
            (good if row.get("correct") else worst).add(row)
            self.sizes.add(row)
            self._count(row)
        self.damaged = source.damaged + source.read - self.rows
        self.lines, self.good = worst.items, good.items

    def _count(self, row: Line) -> None:
        self.counts.update({kind: int(finite(row.get(kind))) for kind in NAMES})
        self.counts["labelled"] += sum(bool(truth["counts"]) for truth in row["truth"])
        for box in row["boxes"]:
            if box["truth"] is not None:
                self.counts["right"] += bool(box.get("right"))
                self.pairs.update(edits_between(row["truth"][box["truth"]]["text"], box["text"]))


def pipeline_context(readings: Readings, root: Path, album: Album) -> dict[str, Any]:
    """What the template needs of the texts."""
    return {
        "readings": readings,
        "scenes": _scenes(readings.lines, root, album),
        "good": _scenes(readings.good, root, album),
        "pairs": sorted(readings.pairs.items(), key=lambda item: (-item[1], item[0]))[:MOST_PAIRS],
        "sizes": _size_table(readings.sizes),
    }


def _scenes(rows: Sequence[Line], root: Path, album: Album) -> list[ReadScene]:
    scenes = []
    for row, marks, picture in drawn_scenes(rows, root, album, LIMITS, MOST_BYTES, numbered=True):
        faults = [_fault(mark) for mark in marks if mark.number is not None]
        texts = sum(bool(truth["counts"]) for truth in row["truth"])
        more = max(0, len(faults) - MOST_FAULTS)
        scenes.append(ReadScene(shortened(row["image"], 120), picture, faults[:MOST_FAULTS], more, texts))
    return scenes


def _fault(mark: Mark) -> Fault:
    assert mark.number is not None
    truth, text = differing(mark.truth, mark.text)
    if mark.kind != MISREAD:  # there is nothing to compare with
        truth, text = ([(piece, False) for piece, _ in pieces] for pieces in (truth, text))
    return Fault(mark.number, mark.kind, truth, text)


def _size_table(sizes: BoxSizes) -> BarTable:
    rows = [
        (row.name, percent_bars([row.recall, row.read / row.labelled]), f"{row.labelled:,} texts")
        for row in sizes
        if row.labelled
    ]
    return BarTable("By height of the text", "short side, px", ("found", "found and read right"), rows)


def made_by(result: Mapping[str, Any], config: RunConfig) -> dict[str, str]:
    """What made the result, by name: the models, the list of images, and all that its `made_of` tells."""
    rows: dict[str, Any] = {"data": config.Global.dataset_dir, "images": result.get("rows")}
    for key, name in (("det_model", "detector"), ("rec_model", "recogniser")):
        model = result.get(key)
        if isinstance(model, dict):
            rows |= {name: model.get("name"), f"{name} in": model.get("model_dir")}
    made_of = result.get("made_of")
    rows |= {"OCR.yaml": result.get("ocr_yaml"), "engine": result.get("engine")}
    rows |= made_of if isinstance(made_of, dict) else {}
    return {
        key.replace("_sha256", " SHA-256").replace("_", " "): shortened(value) for key, value in rows.items() if value
    }
