"""Whatever stands in a label file, readers and writer answer with samples and problems, never with a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ocrflow.data.importers.ccpd import parse_name
from ocrflow.data.importers.icdar import read as read_icdar
from ocrflow.data.importers.merge import Merger
from ocrflow.data.importers.pictures import Job, process
from ocrflow.data.importers.ppocrlabel import read as read_ppocrlabel
from ocrflow.data.importers.sample import Annotation, Notice, Problem, Sample

SETTINGS = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
NUMBERS = st.integers() | st.floats() | st.integers(-5, 70)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
POINTS = st.lists(st.lists(NUMBERS, min_size=2, max_size=2), max_size=6)
BOXES = st.lists(
    st.fixed_dictionaries({"transcription": st.text(max_size=5) | JSON, "points": POINTS | JSON}), max_size=3
)
ICDAR_LINE = st.lists(st.integers(-9, 999).map(str) | st.text(max_size=4), max_size=11).map(",".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, paint: Callable[..., Path]) -> Path:
    folder = tmp_path_factory.mktemp("fuzz") / "plates"
    paint(folder / "a.png")
    return folder


def survives(items: list[Any], folder: Path) -> None:
    """Each sample goes through the merger and both ways of writing."""
    new = folder.parent / "new"
    new.mkdir(exist_ok=True)
    assert all(isinstance(item, Sample | Problem | Notice) for item in items)
    for sample in (item for item in items if isinstance(item, Sample)):
        placed = Merger(0, 20, False).place(sample)
        for cut in (False, True) if placed and sample.annotations is not None else (False,):
            for path, label in process(Job(placed or sample, new, cut, True)).rows:
                f"{path}\t{label}".encode()
                assert (new / path).is_file()


@SETTINGS
@given(st.binary(max_size=80) | st.text().map(str.encode))
@example(b"a.png\t[[[[")
@example(b"\xff\xfea")
@example(b"a.png\t[{}]\n\0\t[]\n" + b"a/" * 3000 + b"\t[]")
def test_any_label_file(folder: Path, content: bytes) -> None:
    (folder / "Label.txt").write_bytes(content)
    (folder / "fileState.txt").write_bytes(content)
    (folder / "gt_a.txt").write_bytes(content)
    survives(list(read_ppocrlabel(folder)), folder)
    survives(list(read_icdar(folder)), folder)


@SETTINGS
@given(BOXES | JSON)
def test_any_boxes_of_ppocrlabel(folder: Path, boxes: Any) -> None:
    (folder / "Label.txt").write_text(f"plates/a.png\t{json.dumps(boxes)}\n", encoding="utf-8")
    (folder / "fileState.txt").unlink(missing_ok=True)
    survives(list(read_ppocrlabel(folder)), folder)


@SETTINGS
@given(st.lists(ICDAR_LINE, max_size=4))
def test_any_lines_of_icdar(folder: Path, lines: list[str]) -> None:
    (folder / "gt_a.txt").write_text("\n".join(lines), encoding="utf-8", errors="replace")
    survives(list(read_icdar(folder / "gt_a.txt")), folder)


@SETTINGS
@given(POINTS.map(lambda points: tuple(map(tuple, points))), st.text(max_size=4))
def test_any_points_can_be_cropped_or_refused(folder: Path, points: Any, text: str) -> None:
    survives([Sample("a.png", folder / "a.png", (Annotation(text, points),), None, None, "x")], folder)


@SETTINGS
@given(st.from_regex(r"[0-9]{1,3}-[0-9_]{1,6}-[0-9&_]{1,12}-[0-9&_]{1,40}-[0-9_]{1,24}-[0-9]{1,3}-[0-9]{1,3}.jpg"))
@example("---_-__.jpg")
@example("")
def test_any_name_of_ccpd(folder: Path, name: str) -> None:
    try:
        text, points = parse_name(name)
    except ValueError:
        return
    assert len(text) in (7, 8)
    assert len(points) == 4
