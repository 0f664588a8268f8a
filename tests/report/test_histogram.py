"""The picture of the labels."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import pytest

from ocrflow.report.histogram import bin_counts, length_bins, write_histogram


def test_one_bar_a_length() -> None:
    assert length_bins([7, 5, 7]) == [(5, 5), (6, 6), (7, 7)]
    assert length_bins([7]) == [(7, 7)]
    assert length_bins([]) == []


@pytest.mark.parametrize("high", [40, 41, 80, 81, 1000])
def test_many_lengths_are_binned_evenly(high: int) -> None:
    bins = length_bins(range(1, high + 1))
    assert len(bins) <= 40 and bins[0][0] == 1 and bins[-1][1] == high
    assert all(before[1] + 1 == after[0] for before, after in pairwise(bins))
    assert len({last - first for first, last in bins[:-1]}) == 1


def test_every_label_is_counted_in_its_own_split() -> None:
    lengths = [1, 1, 18, 18, 100]
    bins = length_bins([*lengths, 200])
    assert sum(bin_counts(lengths, bins)) == 5
    assert bin_counts([18], length_bins([1, 18])) == [0] * 17 + [1]


@pytest.mark.parametrize(
    "labels",
    [
        {"train": ["川X90621"] * 5, "val": ["沪AMS087"]},
        {"train": ["a b", "$x^2$", "_"], "val": []},
        {"train": ["x" * n for n in range(1, 90)], "val": ["y"]},
    ],
)
def test_a_picture_is_written(tmp_path: Path, labels: dict[str, list[str]]) -> None:
    path = tmp_path / "histogram.png"
    write_histogram(path, labels, ["x", "y", "z"])
    assert cv2.imread(str(path)).shape == (800, 1300, 3)
    assert [item.name for item in tmp_path.iterdir()] == ["histogram.png"]
