"""Union-find, and joining nearly equal images."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocrflow.data.clusters import Clusters, join_alike
from ocrflow.data.near import difference_hash

ITEMS = 12


def reachable(pairs: list[tuple[int, int]], item: int) -> set[int]:
    found = {item}
    while more := {b for pair in pairs for a, b in (pair, pair[::-1]) if a in found} - found:
        found |= more
    return found


@given(st.lists(st.tuples(st.integers(0, ITEMS - 1), st.integers(0, ITEMS - 1)), max_size=20))
def test_a_cluster_is_what_pairs_connect(pairs: list[tuple[int, int]]) -> None:
    clusters = Clusters(ITEMS)
    for one, other in pairs:
        clusters.join(one, other)
    assert all(clusters.first_of(item) == min(reachable(pairs, item)) for item in range(ITEMS))
    assert sum(clusters.sizes().values()) == ITEMS == len(clusters)


def test_a_long_chain_needs_no_recursion() -> None:
    clusters = Clusters(100_000)
    for item in range(99_999, 0, -1):
        clusters.join(item - 1, item)
    assert clusters.sizes() == {0: 100_000}


def picture(seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    coarse = generator.uniform(0, 255, (6, 14, 3)).astype(np.float32)
    return cv2.resize(coarse, (140, 60), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


def test_nearly_equal_images_are_joined_and_unusable_ones_left_alone(tmp_path: Path) -> None:
    first, other = picture(1), picture(2)
    images = {
        "a.png": first,
        "b.png": other,
        "broken.png": None,
        "c.jpg": first,
        "d.png": cv2.resize(first, (126, 54), interpolation=cv2.INTER_AREA),
        "e.png": cv2.add(first, (10, 10, 10, 0)),
    }
    for name, image in images.items():
        if image is not None:
            cv2.imwrite(str(tmp_path / name), image)
    clusters = Clusters(len(images))
    hashes = [b"" if image is None else difference_hash(image) for image in images.values()]
    join_alike(clusters, tmp_path, list(images), hashes)
    assert clusters.sizes() == {0: 4, 1: 1, 2: 1}
