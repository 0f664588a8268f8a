"""Running an exported detector with Paddle Inference, with the engine settings that PaddleX uses.

Images whose inputs have one size run together; nothing is padded, so the boxes are those of PaddleX with
`batch_size=1`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocrflow.data.images import read_bgr
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.det_model_dir import read_detector_dir
from ocrflow.inference.det_preprocess import normalize, resize
from ocrflow.inference.engine import load_predictor
from ocrflow.inference.model_dir import EXPORT
from ocrflow.tasks.text_detection.postprocess import boxes_of_map

CHUNK = 16  # images held in memory at a time, each at most 3 x 4000 x 4000 uint8
BATCH_PIXELS = 2_000_000  # of the inputs that run together; the network takes some hundred bytes for each


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
    """Finds texts in images with one exported model.

    Args:
        model_dir: folder with inference.json, inference.pdiparams and inference.yml.
        batch_size: most images of one size that run together; large ones run in smaller batches.
        device: auto, cpu, gpu or gpu:N; of a list (gpu:0,1) the first card.
        threads: CPU threads; None: one a core this process may use.

    Raises:
        UsageError: `model_dir` holds no detector, or the device has no meaning.
        OutsideError: Paddle has no CUDA or there is no such card, or it cannot load the model's files.
    """

    def __init__(self, model_dir: Path, batch_size: int = 32, device: str = "cpu", threads: int | None = None):
        self.model_dir = model_dir
        self.info = read_detector_dir(model_dir)
        self.batch_size = batch_size
        self._predictor = load_predictor(self.info.files[0], self.info.files[1], device, threads)
        self._input = self._predictor.get_input_handle(self._predictor.get_input_names()[0])
        self._output = self._predictor.get_output_handle(self._predictor.get_output_names()[0])

    @property
    def name(self) -> str:
        """PaddleX name of the model, or its folder's name."""
        return self.info.model_name or self.model_dir.name

    def predict(self, images: Sequence[np.ndarray]) -> list[list[FoundBox]]:
        """The boxes in each of uint8 BGR H x W x 3 images.

        Raises:
            DataError: an image has another shape or no pixels.
        """
        return [self._found(map_HW, image.shape) for map_HW, image in zip(self.maps(images), images, strict=True)]

    def predict_files(self, paths: Sequence[Path]) -> Iterator[list[FoundBox] | DataError]:
        """The boxes in every image file in order, or the error that names the file which cannot be read.

        Holds `CHUNK` images at a time.
        """
        for start in range(0, len(paths), CHUNK):
            images = [_image_or_error(path) for path in paths[start : start + CHUNK]]
            found = iter(self.predict([image for image in images if isinstance(image, np.ndarray)]))
            for image in images:
                yield image if isinstance(image, DataError) else next(found)

    def maps(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The probability of text of every pixel of each image's input, float32."""
        resized = [resize(image, self.info.longest_side) for image in images]
        indices_of_size: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for index, image_HWC in enumerate(resized):
            indices_of_size[image_HWC.shape].append(index)
        maps: dict[int, np.ndarray] = {}
        for (height, width, _), indices in indices_of_size.items():
            most = max(1, min(self.batch_size, BATCH_PIXELS // (height * width)))
            for start in range(0, len(indices), most):
                batch = indices[start : start + most]
                maps.update(zip(batch, self._run([resized[index] for index in batch]), strict=True))
        return [maps[index] for index in range(len(images))]

    def _run(self, images: list[np.ndarray]) -> np.ndarray:
        """N maps H x W of images of one size."""
        input_N3HW = np.empty((len(images), 3, *images[0].shape[:2]), np.float32)
        for image_HWC, out_3HW in zip(images, input_N3HW, strict=True):
            normalize(image_HWC, out_3HW)
        self._input.reshape(input_N3HW.shape)
        self._input.copy_from_cpu(input_N3HW)
        self._predictor.run()
        maps_N1HW = self._output.copy_to_cpu()
        expected = (len(images), 1, *input_N3HW.shape[2:])
        if maps_N1HW.shape != expected:
            message = f"{self.model_dir}: expected maps of shape {expected}, the network gives {maps_N1HW.shape}"
            raise UsageError(message, fix=EXPORT)
        return maps_N1HW[:, 0]

    def _found(self, map_HW: np.ndarray, shape: tuple[int, ...]) -> list[FoundBox]:
        boxes_K42, scores_K = boxes_of_map(map_HW, self.info.boxes, (shape[0], shape[1]))
        pairs = zip(boxes_K42.tolist(), scores_K.tolist(), strict=True)
        return [FoundBox(tuple((x, y) for x, y in points), score) for points, score in pairs]


def _image_or_error(path: Path) -> np.ndarray | DataError:
    try:
        return read_bgr(path)
    except DataError as error:
        return error
