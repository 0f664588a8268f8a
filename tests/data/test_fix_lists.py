"""The rows of one list while they are corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.fix_lists import LabelFixer, entries_of, without_repetitions
from ocrflow.data.fix_paths import ImageFinder
from ocrflow.data.fix_rules import FixLog
from ocrflow.data.images import ImageFacts


@pytest.fixture
def finder(tmp_path: Path) -> ImageFinder:
    """Two images, which nobody decodes here."""
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    return ImageFinder(tmp_path)


def test_what_is_no_row_is_written_as_it_was(finder: ImageFinder) -> None:
    lines = ["a.png\tx", "a.png x", "a.png\tx\ty", "\tx", "a.png\t", "\ta\udcff"]
    entries = entries_of(enumerate(lines, 1), "train.txt", finder, FixLog())
    assert [entry.text() for entry in entries] == lines
    assert [entry.label for entry in entries] == ["x", None, None, None, "", None]


@pytest.mark.parametrize("line", ["", " ", "\t", " \t\u3000", "\x0c"])
def test_a_line_without_anything_goes(finder: ImageFinder, line: str) -> None:
    log = FixLog()
    assert entries_of([(7, line)], "train.txt", finder, log) == []
    assert [(item.change, item.line, item.before, item.after) for item in log.changes] == [
        ("blank_line", 7, line, None)
    ]


def test_the_same_image_with_the_same_label_is_a_repetition(finder: ImageFinder, tmp_path: Path) -> None:
    lines = ["a.png\tx", "b.png\tx", "a.png\ty", "b.png\ty", "none.png\tx", "none.png\tx"]
    entries = entries_of(enumerate(lines, 1), "train.txt", finder, FixLog())
    facts = {tmp_path / name: ImageFacts("same", 9, 9) for name in ("a.png", "b.png")}
    kept = without_repetitions(entries, "train.txt", facts, FixLog())
    assert [entry.number for entry in kept] == [1, 3, 5, 6]
    broken = {tmp_path / name: ImageFacts("same", problem="image_truncated") for name in ("a.png", "b.png")}
    assert len(without_repetitions(entries, "train.txt", broken, FixLog())) == 6


def test_polygons_of_an_image_of_unknown_size_are_ordered_and_not_cut(finder: ImageFinder, tmp_path: Path) -> None:
    line = 'a.png\t[{"transcription": "x", "points": [[-5, 20], [20, 20], [20, 10], [-5, 10]]}]'
    [entry] = entries_of([(1, line)], "train.txt", finder, FixLog())
    log = FixLog()
    facts = {tmp_path / "a.png": ImageFacts(problem="image_truncated")}
    LabelFixer("train.txt", facts, lambda row, image: True, log).polygons(entry, turns=True)
    assert entry.label == '[{"transcription": "x", "points": [[-5, 10], [20, 10], [20, 20], [-5, 20]]}]'
    assert [item.change for item in log.changes] == ["polygon_order"]
