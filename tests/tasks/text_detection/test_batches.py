"""Batches for training a detector."""

from __future__ import annotations

import numpy as np
import pytest

from ocrflow.data.labels import Row
from ocrflow.inference.det_preprocess import normalize
from ocrflow.tasks.text_detection.batches import Scene, make_batch, plan_epoch
from ocrflow.tasks.text_detection.recipe import Crop


def scenes_of(count):
    return [Scene(index, Row(f"{index}.jpg", "[]", index + 1)) for index in range(count)]


@pytest.mark.parametrize(("count", "size", "ranks", "sizes"), [
    (17, 8, 1, [5, 6, 6]),
    (16, 8, 2, [8, 8]),
    (9, 8, 2, [4, 5]),
    (3, 8, 2, [3]),
    (2, 1, 2, [2]),
    (1, 8, 1, [1]),
])  # fmt: skip
def test_every_scene_once_in_batches_of_nearly_one_size(count, size, ranks, sizes):
    scenes = scenes_of(count)
    plan = plan_epoch(scenes, size, ranks, np.random.default_rng(0))
    assert sorted(len(batch) for batch in plan) == sizes
    assert sorted(scene.index for batch in plan for scene in batch) == list(range(count))


def test_the_order_is_the_generators():
    def order(seed):
        plan = plan_epoch(scenes_of(40), 8, 1, np.random.default_rng(seed))
        return [scene.index for batch in plan for scene in batch]

    assert order(1) == order(1) != order(2)


def test_crops_are_stacked():
    rng = np.random.default_rng(0)

    def crop():
        maps = [rng.integers(0, 2, (32, 32), dtype=np.uint8) for _ in range(3)]
        threshold = rng.random((32, 32), np.float32)
        return Crop(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8), maps[0], maps[1], threshold, maps[2])

    crops = [crop(), crop(), crop()]
    batch = make_batch(crops, 7)
    assert batch.images_B3SS.shape == (3, 3, 32, 32) and batch.global_size == 7
    assert np.array_equal(batch.images_B3SS[1], normalize(crops[1].image_SS3))
    for place, maps_BSS in enumerate(batch.targets, start=1):
        assert maps_BSS.dtype == np.float32
        assert np.array_equal(maps_BSS, np.stack([crop[place] for crop in crops]))
