"""The picture of a recognition dataset's labels: how long they are, and which characters are frequent and rare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocrflow.files import replacing
from ocrflow.report.fonts import displayed, font_for

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_BARS = 40
SPACE_SIGN = "␣"
_SHOWN = 15
_FEWEST_PLACES = 8  # one length alone is a bar, not a wall
_COLOURS = {"train": "#1f77b4", "val": "#ff7f0e"}


def length_bins(lengths: Iterable[int], max_bars: int = MAX_BARS) -> list[tuple[int, int]]:
    """Ranges (first, last) that hold every length: one a length, or evenly wide ones when that are too many."""
    lengths = set(lengths)
    if not lengths:
        return []
    low, high = min(lengths), max(lengths)
    width = -(-(high - low + 1) // max_bars)
    return [(first, min(first + width - 1, high)) for first in range(low, high + 1, width)]


def bin_counts(lengths: Iterable[int], bins: Sequence[tuple[int, int]]) -> list[int]:
    """How many lengths fall into each range."""
    of_length = Counter(lengths)
    return [sum(of_length[length] for length in range(first, last + 1)) for first, last in bins]


def write_histogram(path: Path, labels: Mapping[str, Sequence[str]], dictionary: Sequence[str]) -> None:
    """Draw label lengths by split, and the characters that occur most and least often.

    Args:
        path: the PNG to write.
        labels: the labels of each split.
        dictionary: all known characters; those that never occur are counted in the title.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 8), dpi=100, layout="constrained")
    above, below = figure.subplots(2, 1)
    _draw_lengths(above, labels)
    _draw_characters(below, Counter(char for texts in labels.values() for text in texts for char in text), dictionary)
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")


def _draw_lengths(axes: Axes, labels: Mapping[str, Sequence[str]]) -> None:
    lengths = {split: [len(text) for text in texts] for split, texts in labels.items()}
    bins = length_bins(length for values in lengths.values() for length in values)
    bar_width = 0.8 / len(lengths)
    for index, (split, values) in enumerate(lengths.items()):
        places = np.arange(len(bins)) + (index - (len(lengths) - 1) / 2) * bar_width
        bars = axes.bar(places, bin_counts(values, bins), bar_width, label=split, color=_COLOURS.get(split))
        if len(bins) <= 12:
            axes.bar_label(bars, fontsize=8)
    names = [str(first) if first == last else f"{first}-{last}" for first, last in bins]
    axes.set_xticks(range(len(bins)), names, rotation=0 if len(bins) <= 25 else 90)
    spare = max(0.0, (_FEWEST_PLACES - len(bins)) / 2)
    axes.set_xlim(-0.5 - spare, len(bins) - 0.5 + spare)
    rows = " + ".join(f"{len(values)} {split}" for split, values in lengths.items())
    axes.set(title=f"Label length: {rows} labels", xlabel="characters", ylabel="labels")
    axes.legend()


def _draw_characters(axes: Axes, counts: Counter[str], dictionary: Sequence[str]) -> None:
    ordered = sorted(counts, key=lambda char: (-counts[char], char))
    frequent, rare = ordered[:_SHOWN], ordered[_SHOWN:][-_SHOWN:]
    font = font_for(SPACE_SIGN + "".join(frequent + rare))
    names = [SPACE_SIGN if char == " " else displayed(char, font) for char in frequent + rare]
    colours = ["#4c4c4c"] * len(frequent) + ["#c44e52"] * len(rare)
    bars = axes.bar(range(len(names)), [counts[char] for char in frequent + rare], color=colours)
    axes.bar_label(bars, fontsize=8)
    axes.set_xticks(range(len(names)), names, font=font, fontsize=12)
    for name, tick in zip(names, axes.get_xticklabels(), strict=True):
        if len(name) > 1:
            tick.set(rotation=90, fontsize=9)
    axes.set_yscale("log")
    unused = [char for char in dictionary if char not in counts]
    title = f"Most frequent (grey) and rarest (red) of {len(counts)} characters that occur"
    if unused:
        title += f"; {len(unused)} of {len(dictionary)} in dict.txt never do"
    axes.set(title=title, ylabel="occurrences (log)")
