"""The picture of a detection dataset's labels: how many boxes the images have, how large they are, and their shape."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path

from ocrflow.report.chart import Bars, write_charts
from ocrflow.tasks.text_detection.counts import (
    BOXES_PER_IMAGE,
    LENGTH_TO_HEIGHT,
    PERCENT_OF_IMAGE,
    POINTS,
    SHORT_SIDE_PX,
    Bins,
    BoxCounts,
)

SPLITS = ("train", "val")


def write_histogram(path: Path, counts: Mapping[str, BoxCounts]) -> None:
    """Draw six bar charts of all boxes, train and val side by side.

    Args:
        path: the PNG to write.
        counts: of each list that was read, by its split.
    """
    write_charts(path, charts_of(counts))


def charts_of(counts: Mapping[str, BoxCounts]) -> list[list[Bars]]:
    """Three rows of two charts; ranges at either end that no list reaches are left out."""
    of_split = {split: counts.get(split, BoxCounts()) for split in dict.fromkeys((*SPLITS, *counts))}

    def bars(title: str, xlabel: str, ylabel: str, bins: Bins, attribute: str) -> Bars:
        series = {split: attrgetter(attribute)(item) for split, item in of_split.items()}
        first, last = _used(list(series.values()))
        shown = {split: values[first:last] for split, values in series.items()}
        return Bars(title, xlabel, ylabel, bins.names[first:last], shown)

    rows = " + ".join(f"{item.rows:,}" for item in of_split.values())
    boxes = " + ".join(f"{item.boxes:,}" for item in of_split.values())
    ignored = sum(item.ignored for item in of_split.values())
    note = f" ({ignored:,} of the boxes ignored)" if ignored else ""
    return [
        [
            bars(f"Boxes in an image: {rows} images", "boxes", "images", BOXES_PER_IMAGE, "boxes_per_image"),
            bars(f"Short side: {boxes} boxes", "pixels", "boxes", SHORT_SIDE_PX, "short_side"),
        ],
        [
            bars("Width", "% of the image's width", "boxes", PERCENT_OF_IMAGE, "width"),
            bars("Height", "% of the image's height", "boxes", PERCENT_OF_IMAGE, "height"),
        ],
        [
            bars("Shape", "length : height, below 1 for upright boxes", "boxes", LENGTH_TO_HEIGHT, "shape"),
            bars(f"Points{note}", "points of a polygon", "boxes", POINTS, "points"),
        ],
    ]


def _used(series: list[list[int]]) -> tuple[int, int]:
    """From the first range with a count to behind the last one; the first range alone when there is none."""
    used = [index for index, values in enumerate(zip(*series, strict=True)) if any(values)]
    return (used[0], used[-1] + 1) if used else (0, 1)
