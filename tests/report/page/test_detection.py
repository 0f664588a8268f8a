"""What is kept of a detector's predictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrflow.files import write_jsonl
from ocrflow.report.page.album import Album
from ocrflow.report.page.box_tables import fit, size_table, threshold_curves, tilt_table
from ocrflow.report.page.detection import MOST_SCENES, Findings, detection_context, is_findings
from ocrflow.tasks.text_detection.tables import tables_of


def square(side: float, left: float = 10) -> list[list[float]]:
    return [[left, 10], [left + 3 * side, 10], [left + 3 * side, 10 + side], [left, 10 + side]]


def line(name: str, missed: int = 0, false: int = 0, side: float = 20) -> dict[str, Any]:
    """An image with one found text, and as many missed texts and false boxes as are asked for."""
    truth = [{"points": square(side), "text": "A", "box": 0, "counts": True}]
    truth += [
        {"points": square(side + number, 90), "text": "B", "box": None, "counts": True} for number in range(missed)
    ]
    boxes = [{"points": square(side), "score": 0.9, "truth": 0, "counts": True}]
    boxes += [{"points": square(5, 90), "score": number / 10, "truth": None, "counts": True} for number in range(false)]
    faults = {"missed": missed, "false": false, "correct": not missed and not false}
    return {"image": f"images/{name}.jpg", "boxes": boxes, "truth": truth, **faults}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_jsonl(
        tmp_path / "p.jsonl", [line("0"), line("1", missed=3), line("2", missed=1, false=1), line("3", false=12)]
    )
    return tmp_path / "p.jsonl"


def test_the_worst_come_first(file: Path, folder: Path) -> None:
    findings = Findings(file)
    assert (findings.rows, findings.wrong, findings.damaged) == (4, 3, 0)
    assert [row["image"][-5] for row in findings.lines] == ["3", "1", "2"]
    assert [box["score"] for _, box in findings.false][:3] == [1.1, 1.0, 0.9] and len(findings.missed) == 4
    counts = findings.sizes.counts
    assert (counts.matched, counts.labelled, counts.found) == (4, 8, 17)
    context = detection_context(findings, folder / "set", Album(1_000_000))
    assert context["scenes"][0].told == "0 missed, 12 false, 1 labelled"
    assert all(crop.picture for crop in [*context["missed"], *context["false"]])


def test_hmean_by_height(file: Path) -> None:
    rows = {name: [bar.shown for bar in bars] for name, bars, _ in size_table(Findings(file).sizes).rows}
    assert rows == {"0-8": ["-", "0.0 %", "0.0 %"], "16-24": ["50.0 %", "100.0 %", "66.7 %"]}


def test_memory_is_bounded_and_the_least_sure_stand_in(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "p.jsonl", [line("0", missed=9) for _ in range(500)])
    assert len(Findings(tmp_path / "p.jsonl").lines) == MOST_SCENES
    write_jsonl(tmp_path / "p.jsonl", [line("0"), line("1")])
    assert len(Findings(tmp_path / "p.jsonl").lines) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"image": 5},
        {"boxes": None},
        {"truth": [{"points": square(9), "text": "A", "box": 7, "counts": True}]},
        {"truth": [{"points": square(9), "text": None, "box": None, "counts": True}]},
        {"boxes": [{"points": [[1, 2]], "score": 1, "truth": None, "counts": True}]},
        {"boxes": [5]},
    ],
)
def test_lines_of_another_form_are_left_out(change: dict[str, Any]) -> None:
    assert is_findings(line("0", 1, 1)) and not is_findings(line("0", 1, 1) | change)


def test_tables_of_the_evaluation() -> None:
    plain = tables_of([line("0", missed=1), line("1", false=2)]).plain
    tilts, thresholds = tilt_table(plain), threshold_curves(plain)
    assert tilts is not None and tilts.rows[0][2] == "2 of 3"
    assert thresholds is not None and thresholds.names == ("precision", "recall", "hmean")
    assert fit(plain).startswith("Right boxes overlap their labels by 1.00")
    assert (tilt_table({}), threshold_curves({}), fit({})) == (None, None, "")
