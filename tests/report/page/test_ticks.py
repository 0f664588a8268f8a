"""Round numbers along an axis."""

from __future__ import annotations

import pytest

from ocrflow.report.page.ticks import nice_ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 1, 5, [0, 0.5, 1]),
        (0.64, 0.99, 5, [0.6, 0.7, 0.8, 0.9, 1.0]),
        (0, 0.0015, 5, [0, 0.0005, 0.001, 0.0015]),
        (-3, 4, 5, [-4, -2, 0, 2, 4]),
        (2, 2, 5, [2]),
        (0, 1e9, 6, [0, 2e8, 4e8, 6e8, 8e8, 1e9]),
    ],
)
def test_ticks(low: float, high: float, most: int, ticks: list[float]) -> None:
    assert nice_ticks(low, high, most) == pytest.approx(ticks)


def test_whole_numbers_only() -> None:
    assert nice_ticks(1, 3, 6, whole=True) == [1, 2, 3]
