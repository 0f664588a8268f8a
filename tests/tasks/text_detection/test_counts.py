"""Statistics of boxes."""

from __future__ import annotations

import sys

import pytest

from ocrflow.data.boxes import Box
from ocrflow.tasks.text_detection.counts import (
    BOXES_PER_IMAGE,
    LENGTH_TO_HEIGHT,
    PERCENT_OF_IMAGE,
    POINTS,
    SHORT_SIDE_PX,
    Bins,
    BoxCounts,
)


def rectangle(width: float, height: float, text: str = "a") -> Box:
    return Box(text, ((0, 0), (width, 0), (width, height), (0, height)))


def used(bins: Bins, counts: list[int]) -> dict[str, int]:
    assert len(counts) == len(bins.names) == len(bins.edges) + 1
    return {name: count for name, count in zip(bins.names, counts, strict=True) if count}


@pytest.mark.parametrize(
    ("bins", "value", "name"),
    [
        (SHORT_SIDE_PX, 0, "<3"),
        (SHORT_SIDE_PX, 3, "3-4"),
        (SHORT_SIDE_PX, 1e6, "256+"),
        (PERCENT_OF_IMAGE, 0.2, "<.5"),
        (PERCENT_OF_IMAGE, 100, "70+"),
        (LENGTH_TO_HEIGHT, 1, ".8-1.2"),
        (LENGTH_TO_HEIGHT, float("inf"), "32+"),
        (BOXES_PER_IMAGE, 0, "0"),
        (BOXES_PER_IMAGE, 1, "1"),
        (BOXES_PER_IMAGE, 4, "3-4"),
        (BOXES_PER_IMAGE, 100_000, "257+"),
        (POINTS, 4, "4"),
        (POINTS, 6, "5-6"),
        (POINTS, 500, "33+"),
    ],
)
def test_each_value_has_its_bin(bins: Bins, value: float, name: str) -> None:
    assert bins.names[bins.index_of(value)] == name


def test_every_box_is_counted_once_in_each_chart() -> None:
    counts = BoxCounts()
    counts.add([rectangle(100, 20), rectangle(20, 100, "###"), rectangle(0, 0)], (200, 400))
    counts.add([], (200, 400))
    counts.add([rectangle(100, 20)], None)
    assert (counts.rows, counts.boxes, counts.ignored) == (3, 4, 1)
    assert used(BOXES_PER_IMAGE, counts.boxes_per_image) == {"0": 1, "1": 1, "3-4": 1}
    assert used(SHORT_SIDE_PX, counts.short_side) == {"<3": 1, "16-24": 3}
    assert used(LENGTH_TO_HEIGHT, counts.shape) == {".2-.5": 1, "4-6": 2, "32+": 1}
    assert used(PERCENT_OF_IMAGE, counts.width) == {"<.5": 1, "10-15": 1, "50-70": 1}
    assert used(PERCENT_OF_IMAGE, counts.height) == {"<.5": 1, "5-7": 1, "20-30": 1}
    assert used(POINTS, counts.points) == {"4": 4}


def test_memory_does_not_grow_with_the_boxes() -> None:
    counts = BoxCounts()
    before = sum(map(len, (counts.short_side, counts.shape, counts.points, counts.width, counts.boxes_per_image)))
    for size in range(1, 2000):
        counts.add([rectangle(size, size / 2)], (4000, 4000))
    after = sum(map(len, (counts.short_side, counts.shape, counts.points, counts.width, counts.boxes_per_image)))
    assert before == after and sum(counts.short_side) == 1999
    assert sum(sys.getsizeof(value) for value in vars(counts).values()) < 3000
