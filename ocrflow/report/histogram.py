"""The picture of a recognition dataset's labels: how long they are, and which characters are frequent and rare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ocrflow.report.chart import Bars, write_charts

MAX_BARS = 40
SPACE_SIGN = "␣"
_SHOWN = 18


def length_bins(lengths: Iterable[int], max_bars: int = MAX_BARS) -> list[tuple[int, int]]:
    """Ranges (first, last) that hold every length: one a length, or evenly wide ones when that are too many."""
    lengths = set(lengths)
    if not lengths:
        return []
    low, high = min(lengths), max(lengths)
    width = -(-(high - low + 1) // max_bars)
    return [(first, min(first + width - 1, high)) for first in range(low, high + 1, width)]


def bin_counts(of_length: Mapping[int, int], bins: Sequence[tuple[int, int]]) -> list[int]:
    """How many labels fall into each range."""
    counts = [0] * len(bins)
    if bins:
        low, width = bins[0][0], bins[0][1] - bins[0][0] + 1
        for length, count in of_length.items():
            counts[(length - low) // width] += count
    return counts


def write_histogram(
    path: Path, lengths: Mapping[str, Counter[int]], characters: Counter[str], dictionary: Sequence[str]
) -> None:
    """Draw label lengths by split, and the characters that occur most and least often.

    Args:
        path: the PNG to write.
        lengths: labels by their number of characters, for each split.
        characters: occurrences in the labels of all splits.
        dictionary: all known characters; those that never occur are counted in the title.
    """
    write_charts(path, [[_length_bars(lengths)], [_character_bars(characters, dictionary)]])


def _length_bars(lengths: Mapping[str, Counter[int]]) -> Bars:
    bins = length_bins(length for counts in lengths.values() for length in counts)
    names = [str(first) if first == last else f"{first}-{last}" for first, last in bins]
    rows = " + ".join(f"{counts.total():,} {split}" for split, counts in lengths.items())
    series = {split: bin_counts(counts, bins) for split, counts in lengths.items()}
    return Bars(f"Label length: {rows} labels", "characters", "labels", names, series)


def _character_bars(counts: Counter[str], dictionary: Sequence[str]) -> Bars:
    ordered = sorted(counts, key=lambda char: (-counts[char], char))
    frequent, rare = ordered[:_SHOWN], ordered[_SHOWN:][-_SHOWN:]
    names = [SPACE_SIGN if char == " " else char for char in frequent + rare]
    title = f"The most frequent and the rarest of {len(counts)} characters that occur"
    unused = sum(char not in counts for char in dictionary)
    if unused:
        title += f"; {unused} of {len(dictionary)} in dict.txt never do"
    often = [counts[char] for char in frequent] + [0] * len(rare)
    seldom = [0] * len(frequent) + [counts[char] for char in rare]
    series = {"most frequent": often} | ({"rarest": seldom} if rare else {})
    return Bars(title, "characters", "occurrences (log)", names, series, log=True, stacked=True)
