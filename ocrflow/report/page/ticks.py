"""Round numbers along an axis."""

from __future__ import annotations

from math import ceil, floor, log10


def nice_ticks(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """At most `most` multiples of 1, 2 or 5 times a power of ten, the first at or below `low`, the last at or above
    `high`; `low` alone where there is no range. Whole ones only if asked for.
    """
    if high <= low:
        return [low]
    power = 10.0 ** floor(log10((high - low) / most))
    for step in (power * digit for digit in (1, 2, 5, 10, 20, 50)):
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
        if last - first < most and (step >= 1 or not whole):
            break
    return [round(number * step, 12) for number in range(first, last + 1)]
