"""Running an exported recogniser with Paddle Inference, with the engine settings that PaddleX uses.

An image is read at its own input width (see `preprocess.input_width`). Images of exactly one width run together; none
is padded further, because the network would see the padding: text and score are those of PaddleX with `batch_size=1`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ocrflow.data.images import read_bgr
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.ctc_decode import CtcCodec, Reading
from ocrflow.inference.engine import load_predictor
from ocrflow.inference.model_dir import EXPORT, read_model_dir
from ocrflow.inference.preprocess import resize_normalize

CHUNK = 256  # images held in memory at a time, each at most 3 x 48 x 3200 float32 (1.8 MB)


class Recognizer:
    """Reads the text in images with one exported model.

    Args:
        model_dir: folder with inference.json, inference.pdiparams and inference.yml.
        batch_size: most images of one width that run together.
        device: auto, cpu, gpu or gpu:N; of a list (gpu:0,1) the first card.
        threads: CPU threads; None: one a core this process may use.

    Raises:
        UsageError: `model_dir` holds no recogniser, or the device has no meaning.
        OutsideError: Paddle has no CUDA or there is no such card, or it cannot load the model's files.
    """

    def __init__(self, model_dir: Path, batch_size: int = 32, device: str = "cpu", threads: int | None = None):
        self.model_dir = model_dir
        self.info = read_model_dir(model_dir)
        self.codec = CtcCodec(self.info.dictionary)
        self.batch_size = batch_size
        self._predictor = load_predictor(self.info.files[0], self.info.files[1], device, threads)
        self._input = self._predictor.get_input_handle(self._predictor.get_input_names()[0])
        self._output = self._predictor.get_output_handle(self._predictor.get_output_names()[0])

    @property
    def name(self) -> str:
        """PaddleX name of the model, or its folder's name."""
        return self.info.model_name or self.model_dir.name

    def predict(self, images: Sequence[np.ndarray]) -> list[Reading]:
        """The readings of uint8 BGR H x W x 3 images, in input order.

        Raises:
            DataError: an image has another shape or no pixels.
        """
        return self._read([self._prepare(image) for image in images])

    def predict_files(self, paths: Sequence[Path]) -> Iterator[Reading | DataError]:
        """The reading of every image file in order, or the error that names the file which cannot be read.

        Holds `CHUNK` prepared images at a time, however many or large the files are.
        """
        for start in range(0, len(paths), CHUNK):
            results = [self._prepared_file(path) for path in paths[start : start + CHUNK]]
            readings = iter(self._read([result for result in results if isinstance(result, np.ndarray)]))
            for result in results:
                yield result if isinstance(result, DataError) else next(readings)

    def _prepared_file(self, path: Path) -> np.ndarray | DataError:
        try:
            return self._prepare(read_bgr(path))
        except DataError as error:
            return error

    def _prepare(self, image_HWC: np.ndarray) -> np.ndarray:
        return resize_normalize(image_HWC, self.info.base_width, self.info.rows)

    def _read(self, inputs_CHW: list[np.ndarray]) -> list[Reading]:
        indices_of_width: dict[int, list[int]] = defaultdict(list)
        for index, input_CHW in enumerate(inputs_CHW):
            indices_of_width[input_CHW.shape[2]].append(index)
        readings: dict[int, Reading] = {}
        for _, indices in sorted(indices_of_width.items()):
            for start in range(0, len(indices), self.batch_size):
                batch = indices[start : start + self.batch_size]
                probs_NTK = self._run(np.stack([inputs_CHW[index] for index in batch]))
                readings.update(zip(batch, self.codec.decode(probs_NTK), strict=True))
        return [readings[index] for index in range(len(inputs_CHW))]

    def _run(self, input_NCHW: np.ndarray) -> np.ndarray:
        self._input.reshape(input_NCHW.shape)
        self._input.copy_from_cpu(input_NCHW)
        self._predictor.run()
        probs_NTK = self._output.copy_to_cpu()
        if probs_NTK.shape[-1] != self.codec.num_classes:
            raise UsageError(
                f"{self.model_dir}: character_dict has {len(self.info.dictionary)} characters and so needs "
                f"{self.codec.num_classes} classes (blank and space), the network has {probs_NTK.shape[-1]}",
                fix=EXPORT,
            )
        return probs_NTK
