"""Batches for training a detector: every scene once an epoch, in batches of nearly equal size.

Legend: B views of a batch, S their side in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrflow.data.labels import Row
from ocrflow.inference.det_preprocess import normalize
from ocrflow.tasks.text_detection.recipe import Crop


@dataclass(frozen=True)
class Scene:
    """A labelled image: its place in the list and its row."""

    index: int
    row: Row


@dataclass(frozen=True)
class Batch:
    """Images float32 B x 3 x S x S, and the four maps of `DBTargets`, float32 B x S x S.

    Attributes:
        global_size: views over all processes.
    """

    images_B3SS: np.ndarray
    targets: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    global_size: int


def plan_epoch(scenes: Sequence[Scene], global_size: int, ranks: int, rng: np.random.Generator) -> list[list[Scene]]:
    """The global batches of one epoch in random order; each scene is in exactly one.

    Their sizes differ by one at most, so that none is too small for batch normalisation, and none is smaller than
    `ranks` if there are as many scenes.
    """
    order = rng.permutation(len(scenes))
    count = max(1, min(-(-len(scenes) // global_size), len(scenes) // ranks))
    return [[scenes[index] for index in part] for part in np.array_split(order, count)]


def make_batch(crops: Sequence[Crop], global_size: int) -> Batch:
    """Stack crops of one size."""
    size = crops[0].image_SS3.shape[0]
    images_B3SS = np.empty((len(crops), 3, size, size), np.float32)
    for crop, out_3SS in zip(crops, images_B3SS, strict=True):
        normalize(crop.image_SS3, out_3SS)
    shrink, shrink_mask, threshold, threshold_mask = (
        np.stack(maps).astype(np.float32) for maps in list(zip(*crops, strict=True))[1:]
    )
    return Batch(images_B3SS, (shrink, shrink_mask, threshold, threshold_mask), global_size)
