"""The picture of the boxes."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from ocrflow.data.boxes import Box
from ocrflow.report.detection_histogram import charts_of, write_histogram
from ocrflow.tasks.text_detection.counts import BoxCounts


def counts_of(*sizes: tuple[float, float], text: str = "a") -> BoxCounts:
    counts = BoxCounts()
    for width, height in sizes:
        counts.add([Box(text, ((0, 0), (width, 0), (width, height), (0, height)))], (1000, 1000))
    return counts


def test_all_boxes_stand_in_each_chart_by_their_split() -> None:
    charts = charts_of({"train": counts_of(*[(100, 20)] * 5, (50, 400)), "val": counts_of((900, 100), text="*")})
    flat = [chart for row in charts for chart in row]
    assert len(flat) == 6
    for chart in flat:
        assert {split: sum(values) for split, values in chart.series.items()} == {"train": 6, "val": 1}
        assert all(len(values) == len(chart.names) for values in chart.series.values())
        assert any(values[0] for values in chart.series.values()) and any(
            values[-1] for values in chart.series.values()
        )
    assert flat[0].title == "Boxes in an image: 6 + 1 images" and flat[-1].title == "Points (1 of the boxes ignored)"
    assert flat[1].names == ("16-24", "24-32", "32-48", "48-64", "64-96", "96-128")
    assert flat[1].series == {"train": [5, 0, 0, 1, 0, 0], "val": [0, 0, 0, 0, 0, 1]}


def test_one_size_gives_one_full_bar() -> None:
    for row in charts_of({"train": counts_of(*[(100, 20)] * 7), "val": counts_of((100, 20))}):
        for chart in row:
            assert len(chart.names) == 1 and chart.series == {"train": [7], "val": [1]}


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {"train": BoxCounts()},
        {"train": counts_of((5, 5))},
        {"train": counts_of((0, 0), (1e6, 1e6)), "val": counts_of((100, 20))},
    ],
    ids=["no list", "no box", "one box", "extremes"],
)
def test_a_picture_is_written(tmp_path: Path, counts: dict[str, BoxCounts]) -> None:
    path = tmp_path / "histogram.png"
    write_histogram(path, counts)
    assert cv2.imread(str(path)).shape[1] == 1300
    assert [item.name for item in tmp_path.iterdir()] == ["histogram.png"]
