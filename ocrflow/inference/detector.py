"""Running an exported detector.

Images whose inputs have one size run together; nothing is padded, so the boxes are those of PaddleX with
`batch_size=1`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ocrflow.data.images import read_bgr
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.det_model_dir import read_detector_dir
from ocrflow.inference.det_preprocess import normalize, resize
from ocrflow.inference.engine import open_runner
from ocrflow.inference.model_dir import EXPORT
from ocrflow.tasks.text_detection.postprocess import boxes_of_map

CHUNK = 16  # images held in memory at a time, each at most 3 x 4000 x 4000 uint8
BATCH_PIXELS = 2_000_000  # of the inputs that run together; the network takes some hundred bytes for each
FoundT = TypeVar("FoundT")


@dataclass(frozen=True)
class FoundBox:
    """A found text: 4 corners (x, y) in pixels, clockwise from the top left, and the mean probability in it."""

    points: tuple[tuple[int, int], ...]
    score: float

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"points": [list(point) for point in self.points], "score": self.score}


class Detector:
    """Finds texts in images with one exported model; several threads may use it at one time.

    Args:
        model_dir: folder with inference.json, inference.pdiparams, inference.yml, and inference.onnx for two engines.
        batch_size: most images of one size that run together on a card; large ones run in smaller batches. On CPU
            each image runs on a core of its own.
        device: auto, cpu, gpu or gpu:N; of a list (gpu:0,1) the first card.
        threads: CPU threads; None: one a core this process may use.
        engine: auto, paddle, onnxruntime or openvino, see `engine.open_runner`.

    Raises:
        UsageError: `model_dir` holds no detector or lacks what the engine needs, or the device has no meaning.
        OutsideError: there is no such engine or card, or the engine cannot load the model's files.
    """

    def __init__(
        self,
        model_dir: Path,
        batch_size: int = 32,
        device: str = "cpu",
        threads: int | None = None,
        engine: str = "auto",
    ):
        self.model_dir = model_dir
        self.info = read_detector_dir(model_dir)
        self.batch_size = batch_size
        self.runner = open_runner(self.info, engine, device, threads)

    @property
    def name(self) -> str:
        """PaddleX name of the model, or its folder's name."""
        return self.info.model_name or self.model_dir.name

    def predict(self, images: Sequence[np.ndarray]) -> list[list[FoundBox]]:
        """The boxes in each of uint8 BGR H x W x 3 images.

        Raises:
            DataError: an image has another shape or no pixels.
        """
        return self._each(images, self._found)

    def predict_files(self, paths: Sequence[Path]) -> Iterator[list[FoundBox] | DataError]:
        """The boxes in every image file in order, or the error that names a bad one; `CHUNK` images at a time."""
        for start in range(0, len(paths), CHUNK):
            images = self.runner.each(_image_or_error, paths[start : start + CHUNK])
            found = iter(self.predict([image for image in images if isinstance(image, np.ndarray)]))
            for image in images:
                yield image if isinstance(image, DataError) else next(found)

    def maps(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The probability of text of every pixel of each image's input, float32."""
        return self._each(images, lambda map_HW, _: map_HW)

    def _each(self, images: Sequence[np.ndarray], finish: Callable[[np.ndarray, np.ndarray], FoundT]) -> list[FoundT]:
        """What `finish` makes of map and image of every image, in order; while it works the next inputs run."""
        found: list[FoundT] = []
        for start in range(0, len(images), CHUNK):
            found += self._each_of_chunk(images[start : start + CHUNK], finish)
        return found

    def _each_of_chunk(self, images: Sequence[np.ndarray], finish: Callable[..., FoundT]) -> list[FoundT]:
        resized = self.runner.each(lambda image: resize(image, self.info.limit), images)
        batches = self._batches(resized)

        def run(batch: list[int]) -> list[FoundT]:
            maps = self._run([resized[index] for index in batch], alone=len(batches) == 1)
            return [finish(map_HW, images[index]) for index, map_HW in zip(batch, maps, strict=True)]

        found: dict[int, FoundT] = {}
        for batch, some in zip(batches, self.runner.each(run, batches), strict=True):
            found.update(zip(batch, some, strict=True))
        return [found[index] for index in range(len(images))]

    def _batches(self, resized: list[np.ndarray]) -> list[list[int]]:
        """Which images run together: those of one size, but on CPU each alone."""
        indices_of_size: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for index, image_HWC in enumerate(resized):
            indices_of_size[image_HWC.shape].append(index)
        batches: list[list[int]] = []
        for (height, width, _), indices in indices_of_size.items():
            most = max(1, min(self.batch_size, BATCH_PIXELS // (height * width))) if self.runner.on_card else 1
            batches += [indices[start : start + most] for start in range(0, len(indices), most)]
        return batches

    def _run(self, images: list[np.ndarray], alone: bool) -> np.ndarray:
        """N maps H x W of images of one size."""
        input_N3HW = np.empty((len(images), 3, *images[0].shape[:2]), np.float32)
        for image_HWC, out_3HW in zip(images, input_N3HW, strict=True):
            normalize(image_HWC, out_3HW)
        maps_N1HW = self.runner.run(input_N3HW, alone)
        expected = (len(images), 1, *input_N3HW.shape[2:])
        if maps_N1HW.shape != expected:
            message = f"{self.model_dir}: expected maps of shape {expected}, the network gives {maps_N1HW.shape}"
            raise UsageError(message, fix=EXPORT)
        return maps_N1HW[:, 0]

    def _found(self, map_HW: np.ndarray, image_HWC: np.ndarray) -> list[FoundBox]:
        boxes_K42, scores_K = boxes_of_map(map_HW, self.info.boxes, (image_HWC.shape[0], image_HWC.shape[1]))
        pairs = zip(boxes_K42.tolist(), scores_K.tolist(), strict=True)
        return [FoundBox(tuple((x, y) for x, y in points), score) for points, score in pairs]


def _image_or_error(path: Path) -> np.ndarray | DataError:
    try:
        return read_bgr(path)
    except DataError as error:
        return error
