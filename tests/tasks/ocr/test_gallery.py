"""The picture of the worst images: which they are, and what is drawn."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from ocrflow.data.boxes import Box
from ocrflow.report.detection_gallery import FALSE, LEFT_OUT, MISSED
from ocrflow.tasks.ocr.gallery import MISREAD, RIGHT, marks_of, worst_of, write_gallery
from ocrflow.tasks.ocr.matching import ReadBox, compare


def corners(left: float):
    return ((left, 60), (left + 40, 60), (left + 40, 90), (left, 90))


def line(image: str, labels: str, readings: str, score: float = 0.9):
    """Labels and readings are one word each 60 pixels; - is none."""
    boxes = [Box(text, corners(60 * place)) for place, text in enumerate(labels.split()) if text != "-"]
    read = [ReadBox(corners(60 * place), text, score) for place, text in enumerate(readings.split()) if text != "-"]
    return compare(image, boxes, read)


def test_marks() -> None:
    marks = marks_of(line("a.png", "AB CD - EF ###", "AB CO GH - IJ"))
    found = {(mark.kind, mark.text) for mark in marks}
    assert found == {(RIGHT, "AB"), (MISREAD, "CO | CD"), (FALSE, "GH"), (MISSED, "EF"), (LEFT_OUT, "")}


def test_most_faults_first_and_without_any_the_least_sure() -> None:
    lines = [line("0", "AB", "AB"), line("1", "AB", "A"), line("2", "AB CD", "- -"), line("3", "AB", "AB", 0.5)]
    assert [row["image"] for row in worst_of(lines)] == ["2", "1"]
    assert [row["image"] for row in worst_of([lines[0], lines[3]])] == ["3", "0"]


def test_texts_stand_above_their_boxes(patches: list[Path], tmp_path: Path) -> None:
    rows = [line(patches[1].name, "AB - ### 沪A", "A8 CD EF -"), line(patches[2].name, "", "")]
    write_gallery(tmp_path / "worst.png", "two images", patches[0].parent, rows)
    picture = Image.open(tmp_path / "worst.png").convert("RGB")
    colours = {colour for _, colour in picture.getcolors(1 << 24)}
    for kind in (MISREAD, FALSE, MISSED):
        filled = sum(count for count, colour in picture.getcolors(1 << 24) if colour == rgb(kind.colour))
        assert filled > 400, kind.name
    assert rgb(RIGHT.colour) in colours, "in the legend"


def rgb(text: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(text[1:]))
