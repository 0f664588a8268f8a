"""Batches for training a recogniser: rows of similar width together, every row once an epoch, one plan for all.

Legend: B images of a batch, W its width in pixels, L longest label of the batch, R processes ("ranks").
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrflow.data.images import read_bgr
from ocrflow.data.labels import Row
from ocrflow.inference.ctc_decode import CtcCodec
from ocrflow.inference.preprocess import ROWS, input_width, resize_rows
from ocrflow.tasks.text_recognition.augment import augment

BUCKET_STEP = 1.2  # the widest row of a bucket is at most this much wider than the narrowest
PREFETCHED = 4  # batches made ahead of the training


@dataclass(frozen=True)
class Sample:
    """A row to train on: its place in the list, its content and padded widths in pixels at 48 rows, its classes."""

    index: int
    row: Row
    content_width: int
    padded_width: int
    classes: list[int]


@dataclass(frozen=True)
class Batch:
    """Images float32 B x 3 x 48 x W, labels int32 B x L padded with 0, their lengths int64 B, rows over all ranks."""

    images_B3HW: np.ndarray
    labels_BL: np.ndarray
    lengths_B: np.ndarray
    global_size: int


def make_samples(rows: list[Row], sizes_N2: list[tuple[int, int]], codec: CtcCodec, base_width: int) -> list[Sample]:
    """Samples of labelled rows; `sizes_N2` holds height and width of every image in pixels."""
    return [
        Sample(index, row, content, padded, codec.encode(row.text))
        for index, (row, (height, width)) in enumerate(zip(rows, sizes_N2, strict=True))
        for padded, content in [input_width(height, width, base_width)]
    ]


def plan_epoch(samples: list[Sample], global_size: int, ranks: int, rng: np.random.Generator) -> list[list[Sample]]:
    """The global batches of one epoch in random order; each sample is in exactly one.

    None is smaller than `ranks` (when there are as many samples): the small rest of a bucket joins a neighbour.
    """
    batches: list[list[Sample]] = []
    for bucket in _buckets(samples):
        order = rng.permutation(len(bucket))
        for at in range(0, len(bucket), global_size):
            batch = [bucket[i] for i in order[at : at + global_size]]
            if batches and min(len(batch), len(batches[-1])) < ranks:
                batches[-1] = batches[-1] + batch
            else:
                batches.append(batch)
    return [batches[i] for i in rng.permutation(len(batches))]


def _buckets(samples: list[Sample]) -> list[list[Sample]]:
    buckets: list[list[Sample]] = []
    narrowest = 0.0
    for sample in sorted(samples, key=lambda sample: (sample.padded_width, sample.index)):
        if not buckets or sample.padded_width > narrowest * BUCKET_STEP:
            buckets.append([])
            narrowest = sample.padded_width
        buckets[-1].append(sample)
    return buckets


def make_batch(samples: list[Sample], global_size: int, make_image: Callable[[Sample], np.ndarray]) -> Batch:
    """Stack the images (uint8 48 x content width x 3) of `samples`, padded with 0 to the widest of them."""
    width = max(sample.padded_width for sample in samples)
    images = np.zeros((len(samples), 3, ROWS, width), np.float32)
    labels = np.zeros((len(samples), max(len(sample.classes) for sample in samples)), np.int32)
    for place, sample in enumerate(samples):
        image_HWC = make_image(sample)
        images[place, :, :, : image_HWC.shape[1]] = image_HWC.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
        labels[place, : len(sample.classes)] = sample.classes
    lengths = np.array([len(sample.classes) for sample in samples], np.int64)
    return Batch(images, labels, lengths, global_size)


def training_image(root: Path, strength: float, seed: int, epoch: int) -> Callable[[Sample], np.ndarray]:
    """A function that reads and augments a sample; its result depends on seed, epoch and row alone."""

    def make(sample: Sample) -> np.ndarray:
        rng = np.random.Generator(np.random.PCG64([seed, epoch, sample.index]))
        image_HWC = read_bgr(root / sample.row.image)
        if strength:
            image_HWC = augment(image_HWC, strength, rng)
        return resize_rows(image_HWC, sample.content_width)

    return make


def epoch_batches(
    plan: list[list[Sample]], rank: int, ranks: int, make_image: Callable[[Sample], np.ndarray]
) -> Generator[Batch, None, None]:
    """This rank's part of every global batch, made ahead by a thread; an error in it is raised here.

    Closing the generator ends the thread.
    """
    made: queue.Queue[Batch | BaseException | None] = queue.Queue(PREFETCHED)
    stopped = threading.Event()

    def put(item: Batch | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                made.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def work() -> None:
        try:
            for samples in plan:
                put(make_batch(samples[rank::ranks], len(samples), make_image))
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:  # handed to the training, which raises it
            put(error)

    threading.Thread(target=work, daemon=True, name="batches").start()
    try:
        while (item := made.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
