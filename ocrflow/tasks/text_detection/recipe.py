"""How one training sample of a detector is made: read, view, target maps. Does not import Paddle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ocrflow.data.boxes import Box, read_boxes
from ocrflow.data.images import read_bgr
from ocrflow.data.labels import Row
from ocrflow.data.polygons import area, clipped
from ocrflow.inference.det_preprocess import input_size
from ocrflow.tasks.text_detection.augment import View, jitter, random_view
from ocrflow.tasks.text_detection.paste import paste
from ocrflow.tasks.text_detection.targets import db_targets

KEPT = 0.7  # a text that the view cuts off is still one if so much of its area is left; else the rest is left out


class Job(NamedTuple):
    """A sample to make.

    Attributes:
        epoch: from 1.
        place: of the row in the list.
        donor: the row whose texts are pasted in, if any.
    """

    epoch: int
    place: int
    row: Row
    donor: Row | None = None

    @property
    def name(self) -> str:
        """The image's path below the dataset."""
        return self.row.image


class Crop(NamedTuple):
    """A square view of S x S pixels and its targets.

    Attributes:
        image_SS3: uint8 BGR.
        shrink_map, shrink_mask, threshold_mask: uint8 S x S, 0 or 1.
        threshold_map: float32 S x S.
    """

    image_SS3: np.ndarray
    shrink_map: np.ndarray
    shrink_mask: np.ndarray
    threshold_map: np.ndarray
    threshold_mask: np.ndarray


@dataclass(frozen=True)
class Recipe:
    """Makes the samples of a training.

    Args:
        root: folder of the dataset.
        list_file: where the rows stand, for messages.
        size: side of the views in pixels.
        longest_side: the exported model shrinks images whose longer side has more pixels.
        strength: of the augmentation, 0..1.
        seed: of the run.
        epochs: of the run, over which texts shrink less and less.
        ratios: how much of a text's size its shrunk map keeps in the first epoch and after the last.
    """

    root: Path
    list_file: Path
    size: int
    longest_side: int
    strength: float
    seed: int
    epochs: int = 1
    ratios: tuple[float, float] = (0.4, 0.6)

    def make(self, job: Job) -> Crop:
        """A view of the row's image; it depends on the recipe and the job alone, whichever process makes it.

        Raises:
            DataError: the image cannot be read or its label is faulty; names it.
        """
        rng = np.random.Generator(np.random.PCG64([self.seed, job.epoch, job.place]))
        image_HWC, boxes = self._read(job.row)
        polygons, texts = _polygons(boxes), _polygons([box for box in boxes if not box.ignored])
        view = random_view(image_HWC.shape[:2], texts, self._scale(image_HWC), self.size, self.strength, rng)
        seen = [_seen(view, polygon, box.ignored) for polygon, box in zip(polygons, boxes, strict=True)]
        parts = [part for part in seen if part is not None]
        polygons, ignored = [polygon for polygon, _ in parts], [leave_out for _, leave_out in parts]
        image_SS3 = view.image(image_HWC)
        if job.donor is not None:
            donor_HWC, others = self._read(job.donor)
            given = _polygons([box for box in others if not box.ignored])
            image_SS3, pasted = paste(image_SS3, polygons, donor_HWC, given, self._scale(donor_HWC), rng)
            polygons, ignored = [*polygons, *pasted], [*ignored, *(False for _ in pasted)]
        maps = db_targets(polygons, ignored, (self.size, self.size), self.shrink_ratio(job.epoch))
        return Crop(
            jitter(image_SS3, self.strength, rng),
            maps.shrink_map.astype(np.uint8),
            maps.shrink_mask.astype(np.uint8),
            maps.threshold_map,
            maps.threshold_mask.astype(np.uint8),
        )

    def shrink_ratio(self, epoch: int) -> float:
        """Of an epoch (from 1); it grows as that of PaddleOCR's MakeShrinkMap with `total_epoch`, PP-OCRv4 and later.

        Small maps keep neighbours apart while little is learnt; large ones give boxes that fit.
        """
        first, last = self.ratios
        return first + (last - first) * min(1.0, (epoch - 1) / self.epochs)

    def _read(self, row: Row) -> tuple[np.ndarray, list[Box]]:
        return read_bgr(self.root / row.image), read_boxes(row, self.list_file)

    def _scale(self, image_HWC: np.ndarray) -> float:
        """Pixels of a pixel of the image when the exported model sees it."""
        height, width = image_HWC.shape[:2]
        return input_size(height, width, self.longest_side)[0] / height


def _polygons(boxes: list[Box]) -> list[np.ndarray]:
    return [np.array(box.points, np.float64) for box in boxes]


def _seen(view: View, polygon_K2: np.ndarray, ignored: bool) -> tuple[np.ndarray, bool] | None:
    """The part of a polygon inside of the view and whether it is left out; None when nothing of it is seen."""
    points = [(float(x), float(y)) for x, y in view.points(polygon_K2)]
    part = clipped(points, view.size, view.size)
    if not part:
        return None
    return np.array(part), ignored or abs(area(part)) < KEPT * abs(area(points))
