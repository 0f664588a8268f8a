"""What makes a sample unusable: its picture, its text, the points of its regions."""

from __future__ import annotations

import unicodedata

from ocrflow.data.boxes import boxes_text, parse_boxes
from ocrflow.data.images import ImageFacts
from ocrflow.data.importers.merge import boxes_of, picture_message
from ocrflow.data.importers.sample import Annotation, Sample
from ocrflow.data.polygons import bounds

_UNPRINTABLE = frozenset(("Cc", "Cs", "Zl", "Zp"))


def why_not(sample: Sample, facts: ImageFacts) -> str | None:
    """What makes the sample unusable as a whole."""
    if facts.problem:
        return picture_message(sample, facts.message)
    if sample.annotations is None:
        return why_no_label(sample.text or "")
    problems = parse_boxes(boxes_text(boxes_of(sample)))[1]
    if problems:
        return "; ".join(message for _, message in problems[:3])
    return _why_turned(sample.annotations, facts)


def _why_turned(annotations: tuple[Annotation, ...], facts: ImageFacts) -> str | None:
    """Regions that fit the picture only before EXIF turns it were drawn on the unturned one."""
    if facts.orientation < 5 or not annotations:
        return None
    _, _, right, bottom = bounds([point for item in annotations for point in item.points])
    width, height = facts.width + 1, facts.height + 1
    if (right <= width and bottom <= height) or right > height or bottom > width:
        return None
    return (
        f"the regions fit the picture only before its EXIF orientation {facts.orientation} turns it: "
        f"{facts.height} x {facts.width} pixels, which viewers show as {facts.width} x {facts.height}"
    )


def why_no_label(text: str) -> str | None:
    """What makes a text unusable as a label of text recognition, whose lists have one line a label."""
    if not text.strip():
        return "the label is blank"
    bad = [char for char in text if unicodedata.category(char) in _UNPRINTABLE]
    if bad:
        return f"the label has a control character or a line break, which no list can hold: {text[:60]!r}"
    return None
