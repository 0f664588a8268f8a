"""What the page of text detection shows beyond the top: worst images, missed and false boxes, hmean by size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ocrflow.report.page.album import Album
from ocrflow.report.page.box_sizes import BoxSizes
from ocrflow.report.page.box_tables import size_table
from ocrflow.report.page.kept import Kept
from ocrflow.report.page.parts import Lines
from ocrflow.report.page.scenes import FALSE, MISSED, Line, Mark, crop_of, drawn_scenes, finite, is_polygon, scene
from ocrflow.report.page.texts import shortened

MOST_SCENES, LEAST_SURE, MOST_CROPS = 24, 6, 24
LIMITS, MOST_BYTES = (1000, 1000), 170_000  # pixels and bytes of a scene
CROP_LIMITS, CROP_BYTES = (360, 200), 16_000


@dataclass(frozen=True)
class SceneCard:
    """An image with its boxes (None: it cannot be shown), its name, and what is wrong in a few words."""

    name: str
    picture: Markup | None
    told: str


@dataclass(frozen=True)
class CropCard:
    """A part of an image around one box: what the box is about, and the image's name."""

    picture: Markup | None
    told: str
    name: str


class Findings:
    """What is kept of evaluate/predictions.jsonl, read once.

    Attributes:
        rows, wrong, damaged: lines that hold an image's boxes, those with a missed or false one, and other lines.
        lines: up to `MOST_SCENES` wrong ones, most faults first; without a wrong one the least sure.
        missed, false: (image, box) of the tallest missed texts, and of the surest false boxes.
        sizes: all boxes by their height.
    """

    def __init__(self, file: Path):
        worst, unsure = Kept[Line](MOST_SCENES, _badness), Kept[Line](LEAST_SURE, _surety)
        self._missed = Kept[tuple[str, Line]](MOST_CROPS, lambda item: -_height(item[1]["points"]))
        self._false = Kept[tuple[str, Line]](MOST_CROPS, lambda item: -finite(item[1].get("score")))
        self.sizes, self.rows, self.wrong = BoxSizes(), 0, 0
        source = Lines(file)
        for row in source:
            if not is_findings(row):
                continue
            self.rows += 1
            self.sizes.add(row)
            if row.get("correct"):
                unsure.add(row)
            else:
                self.wrong += 1
                worst.add(row)
                self._add_faults(row)
        self.damaged = source.damaged + source.read - self.rows
        self.lines = worst.items or unsure.items

    def _add_faults(self, row: Line) -> None:
        for truth in row["truth"]:
            if truth["counts"] and truth["box"] is None:
                self._missed.add((row["image"], truth))
        for box in row["boxes"]:
            if box["counts"] and box["truth"] is None:
                self._false.add((row["image"], box))

    @property
    def missed(self) -> list[tuple[str, Line]]:
        """The tallest missed texts."""
        return self._missed.items

    @property
    def false(self) -> list[tuple[str, Line]]:
        """The false boxes of the highest score."""
        return self._false.items


def is_findings(row: Line) -> bool:
    """Whether a line holds an image with boxes and labels that can be drawn and counted."""
    try:
        items = [*row["boxes"], *row["truth"]]
        places = [(truth["box"], row["boxes"]) for truth in row["truth"]]
        places += [(box["truth"], row["truth"]) for box in row["boxes"]]
        whole = all(place is None or 0 <= place < len(others) for place, others in places)
        texts = isinstance(row["image"], str) and all(isinstance(truth.get("text"), str) for truth in row["truth"])
        return texts and whole and all("counts" in item and is_polygon(item["points"]) for item in items)
    except (KeyError, TypeError, AttributeError):
        return False


def detection_context(findings: Findings, root: Path, album: Album) -> dict[str, Any]:
    """What the template needs of the boxes."""
    drawn = drawn_scenes(findings.lines, root, album, LIMITS, MOST_BYTES, numbered=False)
    scenes = [SceneCard(shortened(row["image"], 120), picture, _told(row, marks)) for row, marks, picture in drawn]
    return {
        "findings": findings,
        "scenes": scenes,
        "missed": list(_crops(findings.missed, MISSED, root, album)),
        "false": list(_crops(findings.false, FALSE, root, album)),
        "sizes": size_table(findings.sizes),
    }


def _told(row: Line, marks: Sequence[Mark]) -> str:
    missed, false = (sum(mark.kind == kind for mark in marks) for kind in (MISSED, FALSE))
    return f"{missed} missed, {false} false, {sum(truth['counts'] for truth in row['truth'])} labelled"


def _crops(items: Sequence[tuple[str, Line]], kind: str, root: Path, album: Album) -> Iterator[CropCard]:
    for name, box in items:
        told = shortened(box["text"], 60) if kind == MISSED else f"score {finite(box.get('score')):.3f}"
        image_HWC = album.image(root / name)
        drawing = None
        if image_HWC is not None:
            part_HWC, points = crop_of(image_HWC, box["points"])
            drawing = scene(part_HWC, [Mark(points, kind)], album, CROP_LIMITS, CROP_BYTES)
        yield CropCard(drawing, told, shortened(name, 120))


def _badness(row: Line) -> int:
    return -int(finite(row.get("missed")) + finite(row.get("false")) + finite(row.get("misread")))


def _surety(row: Line) -> float:
    return min((finite(box.get("score")) for box in row["boxes"]), default=1.0)


def _height(points: Any) -> float:
    from ocrflow.data.polygons import min_side

    return min_side(points)
