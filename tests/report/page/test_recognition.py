"""What is kept of a recogniser's predictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow.files import write_jsonl
from ocrflow.report.page.album import Album
from ocrflow.report.page.recognition import EXAMPLES, MOST_SURE, MOST_WORST, Readings, recognition_context
from ocrflow.tasks.text_recognition.scoring import worst_of


def reading(name: object, label: str, text: str, score: float = 0.9) -> dict[str, Any]:
    return {"image": f"images/{name}.jpg", "label": label, "text": text, "score": score, "correct": label == text}


def readings_of(folder: Path, lines: list[Any]) -> Readings:
    write_jsonl(folder / "p.jsonl", lines)
    return Readings(folder / "p.jsonl")


def test_the_order_is_that_of_the_evaluation(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    lines = [reading(number, "ABCDEF", "ABCDEF"[: rng.integers(0, 7)], float(rng.random())) for number in range(60)]
    assert readings_of(tmp_path, lines).lines[:20] == worst_of(lines)[:20]


def test_many_wrong_rows(tmp_path: Path) -> None:
    lines = [reading(number, "AB", "A8", number / 1000) for number in range(500)]
    lines += [reading(f"sure{number}", "ABCDEFGH", "ABCDEFG8", 0.99) for number in range(20)]
    found = readings_of(tmp_path, lines)
    assert (found.rows, found.wrong, len(found.lines), len(found.sure)) == (520, 520, MOST_WORST, MOST_SURE)
    assert all(row["image"].startswith("images/sure") for row in found.sure), "none that is shown above"
    assert found.pairs == {("B", "8"): 500, ("H", "8"): 20}
    assert {len(rows) for rows in found.examples.values()} == {EXAMPLES}


def test_without_a_wrong_row_the_least_sure(tmp_path: Path) -> None:
    found = readings_of(tmp_path, [reading(number, "AB", "AB", 1 - number / 100) for number in range(50)])
    assert (found.wrong, len(found.lines)) == (0, 12) and found.lines[0]["image"] == "images/49.jpg"


@pytest.mark.parametrize("change", [{"image": None}, {"label": 5}, {"text": ["A"]}, {"score": "0.9"}])
def test_lines_of_another_form(tmp_path: Path, change: dict[str, Any]) -> None:
    found = readings_of(tmp_path, [reading(0, "A", "A"), reading(1, "A", "B") | change, 5])
    assert (found.rows, found.damaged) == (1, 2)


@pytest.mark.parametrize(
    ("size", "shape"), [((32, 100), ""), ((100, 32), "tall"), ((20, 200), "wide"), ((20, 400), "widest")]
)
def test_the_shape_of_a_row(folder: Path, size: tuple[int, int], shape: str) -> None:
    cv2.imwrite(str(folder / "set/images/x.jpg"), np.full((*size, 3), 90, np.uint8))
    context = recognition_context(readings_of(folder, [reading("x", "A", "B")]), folder / "set", Album(100_000))
    (row,) = context["worst"]
    assert row.shape == shape and (row.picture.height, row.picture.width) == size
