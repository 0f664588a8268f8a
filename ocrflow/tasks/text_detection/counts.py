"""Statistics of boxes in fixed bins: their memory does not grow with the dataset."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ocrflow.data.boxes import Box
from ocrflow.data.polygons import bounds, sides


@dataclass(frozen=True)
class Bins:
    """Ranges of a quantity, each from one edge (inclusive) to the next; the first and the last are open.

    Attributes:
        edges: between the ranges, ascending.
        names: of the ranges, one more than edges.
    """

    edges: tuple[float, ...]
    names: tuple[str, ...]

    def index_of(self, value: float) -> int:
        """Which range holds the value."""
        return bisect_right(self.edges, value)


def _ranges(edges: Sequence[float]) -> Bins:
    """Bins named `<.5`, `.5-1`, ..., `70+`."""
    texts = [f"{edge:g}".removeprefix("0") for edge in edges]
    names = (f"<{texts[0]}", *(f"{low}-{high}" for low, high in pairwise(texts)), f"{texts[-1]}+")
    return Bins(tuple(edges), names)


def _whole_numbers(firsts: Sequence[int]) -> Bins:
    """Bins of whole numbers by the first of each: `0`, `1`, `2-3`, ..., `256+`."""
    names = [f"{low}" if high == low + 1 else f"{low}-{high - 1}" for low, high in pairwise(firsts)]
    return Bins(tuple(firsts[1:]), (*names, f"{firsts[-1]}+"))


SHORT_SIDE_PX = _ranges((3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256))
PERCENT_OF_IMAGE = _ranges((0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70))
LENGTH_TO_HEIGHT = _ranges((0.2, 0.5, 0.8, 1.2, 2, 3, 4, 6, 8, 12, 16, 32))  # upright ones below 1
BOXES_PER_IMAGE = _whole_numbers((0, 1, 2, 3, 5, 9, 17, 33, 65, 129, 257))
POINTS = _whole_numbers((4, 5, 7, 9, 13, 17, 33))


def _empty(bins: Bins) -> list[int]:
    return [0] * len(bins.names)


@dataclass
class BoxCounts:
    """Counts of one list.

    Attributes:
        rows: rows looked at.
        boxes: usable boxes of them, ignored ones included.
        ignored: those that are ignored.
        boxes_per_image: rows by `BOXES_PER_IMAGE`.
        short_side, shape, points: boxes by `SHORT_SIDE_PX`, `LENGTH_TO_HEIGHT`, `POINTS`.
        width, height: boxes by `PERCENT_OF_IMAGE`; those of images of unknown size are missing.
    """

    rows: int = 0
    boxes: int = 0
    ignored: int = 0
    boxes_per_image: list[int] = field(default_factory=lambda: _empty(BOXES_PER_IMAGE))
    short_side: list[int] = field(default_factory=lambda: _empty(SHORT_SIDE_PX))
    shape: list[int] = field(default_factory=lambda: _empty(LENGTH_TO_HEIGHT))
    points: list[int] = field(default_factory=lambda: _empty(POINTS))
    width: list[int] = field(default_factory=lambda: _empty(PERCENT_OF_IMAGE))
    height: list[int] = field(default_factory=lambda: _empty(PERCENT_OF_IMAGE))

    def add(self, boxes: Sequence[Box], size: tuple[int, int] | None) -> None:
        """Count the boxes of one row.

        Args:
            boxes: all usable ones.
            size: width and height of the image in pixels; None when they are unknown.
        """
        self.rows += 1
        self.boxes += len(boxes)
        self.ignored += sum(box.ignored for box in boxes)
        self.boxes_per_image[BOXES_PER_IMAGE.index_of(len(boxes))] += 1
        for box in boxes:
            self._add_box(box, size)

    def _add_box(self, box: Box, size: tuple[int, int] | None) -> None:
        left, top, right, bottom = bounds(box.points)
        short, long = sides(box.points)
        ratio = long / short if short > 0 else float("inf")
        if bottom - top > right - left:
            ratio = 1 / ratio
        self.short_side[SHORT_SIDE_PX.index_of(round(short, 3))] += 1
        self.shape[LENGTH_TO_HEIGHT.index_of(round(ratio, 3))] += 1
        self.points[POINTS.index_of(len(box.points))] += 1
        if size:
            self.width[PERCENT_OF_IMAGE.index_of(100 * (right - left) / size[0])] += 1
            self.height[PERCENT_OF_IMAGE.index_of(100 * (bottom - top) / size[1])] += 1
