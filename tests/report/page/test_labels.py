"""Charts of the labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ocrflow.config import RunConfig
from ocrflow.report.page.labels import image_root, label_charts

BOXES = '[{"transcription": "A", "points": [[0, 0], [40, 0], [40, 10], [0, 10]]}]'


def test_texts(folder: Path, config_of: Callable[..., RunConfig]) -> None:
    (folder / "set/train.txt").write_text("a.jpg\tAB\nb.jpg\tA B\nbroken\n")
    (folder / "set/val.txt").write_text("c.jpg\tAB\n")
    lengths, frequent = label_charts(config_of())
    assert [(name, [bar.shown for bar in bars]) for name, bars, _ in lengths.rows] == [
        ("2", ["1", "1"]),
        ("3", ["1", "0"]),
    ]
    assert [name for name, _, _ in frequent.rows] == ["A", "B", "␣"] and frequent.title.endswith("of 3")


def test_the_lists_of_the_split_come_first(folder: Path, config_of: Callable[..., RunConfig]) -> None:
    (folder / "set/train.txt").write_text("a.jpg\tAB\n")
    (folder / "out/split").mkdir()
    (folder / "out/split/val.txt").write_text("c.jpg\tABCD\n")
    assert [name for name, _, _ in label_charts(config_of())[0].rows] == ["4"]


def test_boxes(folder: Path, config_of: Callable[..., RunConfig]) -> None:
    (folder / "set/train.txt").write_text(f"a.jpg\t{BOXES}\nb.jpg\t[]\nc.jpg\tno json\n")
    boxes, heights, shapes = label_charts(config_of("PP-OCRv6_tiny_det"))
    assert boxes.title == "Boxes an image: 1 in train (0 ignored)"
    assert [name for name, _, _ in heights.rows] == ["8-12"] and [name for name, _, _ in shapes.rows] == ["4-6"]


def test_no_dataset(tmp_path: Path, config_of: Callable[..., RunConfig], folder: Path) -> None:
    (folder / "set/train.txt").unlink()
    assert label_charts(config_of()) == []
    assert image_root(tmp_path / "gone") == tmp_path / "gone"
