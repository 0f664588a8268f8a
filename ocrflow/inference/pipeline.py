"""The OCR pipeline: a detector finds the texts of an image, each is cut out and turned upright, a recogniser reads it.

The order of the boxes, the crops and the texts are those of PaddleX 3.7 (`pipelines/ocr/pipeline.py`, `SortQuadBoxes`,
`CropByPolys`) with orientation and unwarping off and recognition's `batch_size: 1`. PaddleX pads larger batches to
their widest crop, which changes some readings; here only crops of one width run together, so nothing is padded.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from ocrflow.data.crops import upright
from ocrflow.inference.answers import TextBox
from ocrflow.inference.ctc_decode import Reading
from ocrflow.inference.det_preprocess import SideLimit
from ocrflow.inference.detector import Detector, FoundBox
from ocrflow.inference.recognizer import Recognizer
from ocrflow.tasks.text_detection.postprocess import smallest_rectangle

if TYPE_CHECKING:
    from ocrflow.tasks.ocr.settings import DetectionParams, OcrSettings

SAME_LINE = 10  # pixels: boxes whose first corners differ less in height are ordered from left to right
CROPS = 256  # that are prepared for the recogniser at a time


class OcrPipeline:
    """Finds and reads the texts of images.

    Args:
        detector, recognizer: what finds and what reads; both stay as they are.
        settings: of an OCR.yaml, whose thresholds and sizes then count instead of those in the detector's
            inference.yml; None: the detector's own, and every reading is kept.
    """

    def __init__(self, detector: Detector, recognizer: Recognizer, settings: OcrSettings | None = None):
        self.detector = tuned(detector, settings) if settings else detector
        self.recognizer = recognizer
        self.score_thresh = settings.score_thresh if settings else 0.0

    def predict(self, images: Sequence[np.ndarray]) -> list[tuple[TextBox, ...]]:
        """The texts of each uint8 BGR H x W x 3 image in reading order; those read with too low a score are left out.

        The crops of all images are read together, those of one width at a time.

        Raises:
            DataError: an image has another shape or no pixels.
        """
        boxes_of_image = [in_reading_order(boxes) for boxes in self.detector.predict(images)]
        crops = [crop_of(image, box) for image, boxes in zip(images, boxes_of_image, strict=True) for box in boxes]
        readings = iter(self._read(crops))
        return [
            tuple(box for box in (_joined(found, next(readings)) for found in boxes) if self._sure(box))
            for boxes in boxes_of_image
        ]

    def _sure(self, box: TextBox) -> bool:
        return cast(float, box.text_score) >= self.score_thresh

    def _read(self, crops: list[np.ndarray]) -> list[Reading]:
        """The readings of all crops, in their order; crops of like shape go to the recogniser together."""
        by_shape = sorted(range(len(crops)), key=lambda index: crops[index].shape[1] / crops[index].shape[0])
        readings: dict[int, Reading] = {}
        for start in range(0, len(crops), CROPS):
            some = by_shape[start : start + CROPS]
            readings.update(zip(some, self.recognizer.predict([crops[index] for index in some]), strict=True))
        return [readings[index] for index in range(len(crops))]


def tuned(detector: Detector, params: DetectionParams) -> Detector:
    """The detector with other sizes and thresholds; both share the loaded network."""
    limit = SideLimit(params.limit_side_len, params.limit_type, params.max_side_limit)  # type: ignore[arg-type]
    boxes = replace(
        detector.info.boxes, thresh=params.thresh, box_thresh=params.box_thresh, unclip_ratio=params.unclip_ratio
    )
    same = copy.copy(detector)
    same.info = replace(detector.info, other_limit=limit, boxes=boxes)
    return same


def in_reading_order(boxes: Sequence[FoundBox]) -> list[FoundBox]:
    """From top to bottom by their first corner; neighbours of nearly one height from left to right."""
    ordered = sorted(boxes, key=lambda box: (box.points[0][1], box.points[0][0]))
    for last in range(len(ordered) - 1):
        for index in range(last, -1, -1):
            (x, y), (next_x, next_y) = ordered[index].points[0], ordered[index + 1].points[0]
            if abs(next_y - y) >= SAME_LINE or next_x >= x:
                break
            ordered[index], ordered[index + 1] = ordered[index + 1], ordered[index]
    return ordered


def crop_of(image_HWC: np.ndarray, box: FoundBox) -> np.ndarray:
    """The picture of one found text: the smallest rectangle around its corners, turned upright."""
    corners_42, _ = smallest_rectangle(np.array(box.points, np.int32))
    return upright(image_HWC, corners_42)


def _joined(found: FoundBox, reading: Reading) -> TextBox:
    return TextBox(found.points, found.score, reading.text, reading.score)
