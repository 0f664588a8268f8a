"""The only source of chance of the generator: a PCG64 stream per sample, drawn as integers and scalar floats.

Arrays are integers only, so that the bytes do not depend on the vector units of the processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from PIL import Image

T = TypeVar("T")


class Dice:
    """Draws of one sample; the same words give the same draws on every machine.

    Args:
        words: non-negative integers, fed to `numpy.random.SeedSequence`.
    """

    def __init__(self, *words: int):
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(list(words))))

    def uniform(self, low: float, high: float) -> float:
        """A float in [low, high)."""
        return low + (high - low) * float(self._generator.random())

    def integer(self, low: int, high: int) -> int:
        """An integer in [low, high], both ends included."""
        return int(self._generator.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return float(self._generator.random()) < probability

    def pick(self, items: Sequence[T]) -> T:
        """One item, all equally likely."""
        return items[self.integer(0, len(items) - 1)]

    def weighted(self, items: Sequence[tuple[T, float]]) -> T:
        """One item of (item, weight) pairs; weights need not sum to one."""
        left = self.uniform(0.0, sum(weight for _, weight in items))
        for item, weight in items:
            left -= weight
            if left < 0:
                return item
        return items[-1][0]

    def string(self, alphabet: str, length: int) -> str:
        """`length` characters of the alphabet, drawn with repetition."""
        return "".join(alphabet[i] for i in self._generator.integers(0, len(alphabet), size=length))

    def permutation(self, size: int) -> list[int]:
        """The integers below `size` in random order (Fisher-Yates on integer draws)."""
        order = list(range(size))
        for last in range(size - 1, 0, -1):
            other = self.integer(0, last)
            order[last], order[other] = order[other], order[last]
        return order

    def bytes_HW(self, height: int, width: int) -> np.ndarray:
        """Uniform uint8 noise of shape (height, width)."""
        noise: np.ndarray = self._generator.integers(0, 256, size=(height, width), dtype=np.uint8)
        return noise

    def noise_HWC(self, height: int, width: int, channels: int, amplitude: int) -> np.ndarray:
        """int16 noise, triangular in [-amplitude, amplitude]: the sum of two uniform draws."""
        draws = self._generator.integers(0, 256, size=(2, height, width, channels), dtype=np.uint8)
        total = draws[0].astype(np.int32) + draws[1] - 255
        noise: np.ndarray = ((total * amplitude) // 255).astype(np.int16)
        return noise

    def clouds(self, size: tuple[int, int], cell_px: int, low: int = 0, high: int = 255) -> Image.Image:
        """A smooth random 'L' picture of (width, height) with values in [low, high] and spots of about `cell_px`."""
        width, height = size
        grid = self.bytes_HW(max(2, height // cell_px + 1), max(2, width // cell_px + 1)).astype(np.int32)
        grid = low + grid * (high - low) // 255
        return Image.fromarray(grid.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
