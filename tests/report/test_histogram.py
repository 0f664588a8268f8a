"""The picture of the labels."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import cv2
import pytest

from ocrflow.report import histogram
from ocrflow.report.chart import Bars
from ocrflow.report.histogram import bin_counts, length_bins, write_histogram


def counted(labels: dict[str, list[str]]) -> tuple[dict[str, Counter[int]], Counter[str]]:
    """Lengths by split, and characters, as the check counts them."""
    lengths = {split: Counter(map(len, texts)) for split, texts in labels.items()}
    return lengths, Counter("".join(text for texts in labels.values() for text in texts))


@pytest.fixture
def charts(monkeypatch: pytest.MonkeyPatch) -> list[Bars]:
    """What would be drawn: the chart of the lengths and that of the characters."""
    seen: list[Bars] = []
    monkeypatch.setattr(histogram, "write_charts", lambda path, rows: seen.extend(bars for row in rows for bars in row))
    return seen


def test_one_bar_a_length() -> None:
    assert length_bins([7, 5, 7]) == [(5, 5), (6, 6), (7, 7)]
    assert length_bins([7]) == [(7, 7)]
    assert length_bins([]) == []


@pytest.mark.parametrize("high", [40, 41, 80, 81, 1000, 10**7])
def test_many_lengths_are_binned_evenly(high: int) -> None:
    bins = length_bins([1, high])
    assert len(bins) <= 40 and bins[0][0] == 1 and bins[-1][1] == high
    assert all(before[1] + 1 == after[0] for before, after in pairwise(bins))
    assert len({last - first for first, last in bins[:-1]}) == 1


def test_every_label_is_counted_in_its_own_range() -> None:
    lengths = {1: 2, 18: 2, 100: 1}
    bins = length_bins([*lengths, 200])
    counts = bin_counts(lengths, bins)
    assert sum(counts) == 5
    for (first, last), count in zip(bins, counts, strict=True):
        assert count == sum(number for length, number in lengths.items() if first <= length <= last)
    assert bin_counts({18: 7}, length_bins([1, 18])) == [0] * 17 + [7]
    assert bin_counts({}, []) == []


def test_lengths_by_split(charts: list[Bars]) -> None:
    write_histogram(Path("x"), *counted({"train": ["ab"] * 1200 + ["abcd"], "val": ["abc"]}), ["a"])
    assert charts[0].series == {"train": [1200, 0, 1], "val": [0, 1, 0]}
    assert list(charts[0].names) == ["2", "3", "4"]
    assert charts[0].title == "Label length: 1,201 train + 1 val labels"


def test_the_most_frequent_and_the_rarest_characters(charts: list[Bars]) -> None:
    texts = [chr(ord("A") + number) * (100 - number) for number in range(50)]
    write_histogram(Path("x"), *counted({"train": texts, "val": [" " * 200]}), ["A", "B", "é", "车"])
    bars = charts[1]
    assert list(bars.names) == ["␣", *(chr(ord("A") + n) for n in [*range(17), *range(32, 50)])]
    assert bars.series["most frequent"] == [200, *range(100, 83, -1), *[0] * 18]
    assert bars.series["rarest"] == [*[0] * 18, *range(68, 50, -1)]
    assert "of 51 characters that occur; 2 of 4 in dict.txt never do" in bars.title


def test_few_characters_are_drawn_once(charts: list[Bars]) -> None:
    write_histogram(Path("x"), *counted({"train": ["abba"], "val": ["a"]}), list("ab"))
    assert charts[1].series == {"most frequent": [3, 2]} and list(charts[1].names) == ["a", "b"]
    assert "dict.txt" not in charts[1].title


@pytest.mark.parametrize(
    "labels",
    [
        {"train": ["川X90621"] * 5, "val": ["沪AMS087"]},
        {"train": ["a b", "$x^2$", "_"], "val": []},
        {"train": [], "val": []},
        {"train": ["x" * n for n in range(1, 90)], "val": ["y"]},
        {"train": ["x" * 1_000_000, "\ufffd\u200b"], "val": ["𠀋"]},
    ],
)
def test_a_picture_is_written(tmp_path: Path, labels: dict[str, list[str]]) -> None:
    path = tmp_path / "histogram.png"
    write_histogram(path, *counted(labels), ["x", "y", "z"])
    assert cv2.imread(str(path)).shape == (800, 1300, 3)
    assert [item.name for item in tmp_path.iterdir()] == ["histogram.png"]
