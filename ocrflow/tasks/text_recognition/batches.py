"""Samples and batches for training a recogniser.

Legend: B images of a batch, W its width in pixels, L longest label of the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocrflow.data.labels import Row
from ocrflow.inference.ctc_decode import CtcCodec
from ocrflow.inference.preprocess import ROWS, input_width
from ocrflow.tasks.text_recognition.recipe import Piece

LONGEST_GUIDED = 25  # characters of a label that the attention branch learns from, PaddleOCR's max_text_length
# The network's input for each grey value, in the order of operations that inference has.
_NORMALISED_256 = ((np.arange(256).astype(np.float32) / 255 - 0.5) / 0.5).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Sample:
    """A row to train on.

    Attributes:
        index: its place in the list.
        pieces: its image, or several that come side by side.
        padded_width: columns of its input.
        classes: of its label.
    """

    index: int
    pieces: tuple[Piece, ...]
    padded_width: int
    classes: list[int]

    @property
    def content_width(self) -> int:
        """Columns that the pieces fill; the rest up to `padded_width` is padding."""
        return sum(width for _, width in self.pieces)


@dataclass(frozen=True)
class Batch:
    """A process's part of a global batch.

    Attributes:
        images_B3HW: float32 B x 3 x 48 x W.
        labels_BL: int32 B x L, padded with 0.
        lengths_B: int64, of the labels.
        global_size: rows of the batch over all processes.
        global_guided: characters and ends that the attention branch learns from, over all processes.
    """

    images_B3HW: np.ndarray
    labels_BL: np.ndarray
    lengths_B: np.ndarray
    global_size: int
    global_guided: int


def make_samples(
    rows: Sequence[Row], sizes_N2: Sequence[tuple[int, int]], codec: CtcCodec, base_width: int
) -> list[Sample]:
    """Samples of labelled rows; `sizes_N2` holds height and width of every image in pixels."""
    return [
        Sample(index, ((row.image, content),), padded, codec.encode(row.text))
        for index, (row, (height, width)) in enumerate(zip(rows, sizes_N2, strict=True))
        for padded, content in [input_width(height, width, base_width)]
    ]


def make_batch(samples: Sequence[Sample], pictures: Sequence[np.ndarray], whole: Sequence[Sample]) -> Batch:
    """Normalise and stack the pictures (uint8 48 x content width x 3), padded with 0 to the widest input of them.

    Args:
        samples: this process's part of the global batch `whole`.
    """
    width = max(sample.padded_width for sample in samples)
    images = np.zeros((len(samples), 3, ROWS, width), np.float32)
    labels = np.zeros((len(samples), max(len(sample.classes) for sample in samples)), np.int32)
    for place, (sample, picture_HWC) in enumerate(zip(samples, pictures, strict=True)):
        images[place, :, :, : picture_HWC.shape[1]] = cv2.LUT(picture_HWC, _NORMALISED_256).transpose(2, 0, 1)
        labels[place, : len(sample.classes)] = sample.classes
    lengths = np.array([len(sample.classes) for sample in samples], np.int64)
    return Batch(images, labels, lengths, len(whole), sum(_guided(sample) for sample in whole))


def _guided(sample: Sample) -> int:
    length = len(sample.classes)
    return length + 1 if length <= LONGEST_GUIDED else 0
