"""How the picture of one training sample is made: read, scale, join, augment. Does not import Paddle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ocrflow.data.images import read_bgr
from ocrflow.inference.preprocess import resize_rows
from ocrflow.tasks.text_recognition.augment import augment

Piece = tuple[str, int]
"""An image's path below the dataset, and its width in pixels at 48 rows."""


class Job(NamedTuple):
    """A picture to make.

    Attributes:
        epoch: from 1.
        row: the sample's place in the list.
        pieces: one image, or several that come side by side.
    """

    epoch: int
    row: int
    pieces: tuple[Piece, ...]

    @property
    def name(self) -> str:
        """The path of its first image."""
        return self.pieces[0][0]


@dataclass(frozen=True)
class Recipe:
    """Makes the pictures of a training.

    Args:
        root: folder of the dataset.
        strength: of the augmentation, 0..1.
        seed: of the run.
    """

    root: Path
    strength: float
    seed: int

    def make(self, job: Job) -> np.ndarray:
        """The pieces side by side, augmented: uint8 48 x (sum of their widths) x 3, BGR.

        The result depends on seed and job alone, whichever process makes it.

        Raises:
            DataError: an image is missing or broken; names its path.
        """
        crops = [resize_rows(read_bgr(self.root / name), width) for name, width in job.pieces]
        picture_HWC = crops[0] if len(crops) == 1 else np.concatenate(crops, axis=1)
        if not self.strength:
            return picture_HWC
        rng = np.random.Generator(np.random.PCG64([self.seed, job.epoch, job.row]))
        return augment(picture_HWC, self.strength, rng)
