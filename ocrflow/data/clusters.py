"""Clusters of images that belong together: union-find, and joining the images that are nearly the same."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from ocrflow.data.near import HASH_BYTES, alike, near_pairs
from ocrflow.progress import track

_BATCH = 512


class Clusters:
    """A partition of 0 .. number - 1 that joins coarsen; at first each is alone (R. Tarjan, 1975)."""

    def __init__(self, number: int):
        self._above = list(range(number))

    def __len__(self) -> int:
        return len(self._above)

    def first_of(self, item: int) -> int:
        """The smallest item of the cluster that `item` is in."""
        above = self._above
        while above[item] != item:
            above[item] = above[above[item]]
            item = above[item]
        return item

    def join(self, one: int, other: int) -> None:
        """Make one cluster of both items' clusters."""
        first, second = sorted((self.first_of(one), self.first_of(other)))
        self._above[second] = first

    def sizes(self) -> Counter[int]:
        """How many items each cluster has, by its smallest item."""
        return Counter(map(self.first_of, range(len(self._above))))


def join_alike(clusters: Clusters, root: Path, images: Sequence[str], hashes: Sequence[bytes]) -> None:
    """Join the items whose images are nearly the same; pairs of near hashes are confirmed by their pixels.

    Pairs that are in one cluster already are not looked at again. All cores are used.

    Args:
        clusters: one item an image.
        root: folder that the images' paths are relative to.
        images: their paths.
        hashes: their difference hashes; empty for an image that cannot be used.

    Raises:
        DataError: an image file cannot be read any more.
    """
    usable = [item for item, found in enumerate(hashes) if len(found) == HASH_BYTES]
    hashes_N32 = np.frombuffer(b"".join(hashes[item] for item in usable), np.uint8).reshape(-1, HASH_BYTES)
    pairs = np.array(usable, np.int64)[near_pairs(hashes_N32)]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool, track("similar images", len(pairs)) as advance:
        for start in range(0, len(pairs), _BATCH):
            batch = pairs[start : start + _BATCH].tolist()
            apart = [pair for pair in batch if clusters.first_of(pair[0]) != clusters.first_of(pair[1])]
            same = pool.map(lambda pair: alike(root / images[pair[0]], root / images[pair[1]]), apart)
            for (one, other), joined in zip(apart, same, strict=True):
                if joined:
                    clusters.join(one, other)
            advance(len(batch))
