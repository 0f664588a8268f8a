"""Tables of bars: each row a name, a bar or several, and their numbers. Plain HTML, so that text keeps its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A bar: its length as a share of the longest possible, 0..1, its number in words, the place of its colour."""

    share: float
    shown: str
    colour: int

    @property
    def percent(self) -> str:
        """The length for CSS."""
        return f"{100 * min(max(self.share, 0.0), 1.0):.1f}%"


@dataclass(frozen=True)
class BarTable:
    """A chart.

    Attributes:
        title, note: what stands above it, and in grey below it.
        of: what the names are.
        names: of the series, in the order of their colours.
        rows: a name with a bar for each series, and what stands behind them in grey.
    """

    title: str
    of: str
    names: tuple[str, ...]
    rows: list[tuple[str, list[Bar], str]]
    note: str = ""


def counted(title: str, of: str, names: Sequence[str], series: Mapping[str, Sequence[int]]) -> BarTable:
    """Counts of train, val, ... as shares of the largest of each; names before the first and after the last count are
    left out.
    """
    used = [place for place in range(len(names)) if any(counts[place] for counts in series.values())]
    places = range(used[0], used[-1] + 1) if used else range(0)
    highest = {name: max(counts, default=0) or 1 for name, counts in series.items()}
    rows = [
        (
            names[place],
            [
                Bar(counts[place] / highest[name], f"{counts[place]:,}", colour)
                for colour, (name, counts) in enumerate(series.items())
            ],
            "",
        )
        for place in places
    ]
    note = "Bars are relative to the longest of the same list." if len(series) > 1 else ""
    return BarTable(title, of, tuple(series), rows, note)


def percent_bars(values: Sequence[float | None]) -> list[Bar]:
    """Bars of shares, in per cent; a dash for None."""
    return [Bar(value or 0.0, "-" if value is None else percent(value), number) for number, value in enumerate(values)]


def percent(share: float) -> str:
    """`97.1 %`; 100 only for all."""
    rounded = f"{100 * share:.1f}"
    return "99.9 %" if rounded == "100.0" and share < 1 else f"{rounded} %"
