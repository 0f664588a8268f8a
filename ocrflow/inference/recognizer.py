"""Running an exported recogniser.

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
from ocrflow.inference.engine import open_runner
from ocrflow.inference.model_dir import EXPORT, read_model_dir
from ocrflow.inference.preprocess import fit, normalize

CHUNK = 256  # images held in memory at a time, each at most 48 x 3200 x 3 uint8 (0.5 MB)
CPU_BATCH = 8  # images of one width that run together on a core; more bring nothing there

Fitted = tuple[np.ndarray, int]  # an image at the model's rows, and the width of its input


class Recognizer:
    """Reads the text in images with one exported model; several threads may use it at one time.

    Args:
        model_dir: folder with inference.json, inference.pdiparams, inference.yml, and inference.onnx for two engines.
        batch_size: most images of one width that run together; on CPU at most `CPU_BATCH`.
        device: auto, cpu, gpu or gpu:N; of a list (gpu:0,1) the first card.
        threads: CPU threads; None: one a core this process may use.
        engine: auto, paddle, onnxruntime or openvino, see `engine.open_runner`.

    Raises:
        UsageError: `model_dir` holds no recogniser or lacks what the engine needs, or the device has no meaning.
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
        self.info = read_model_dir(model_dir)
        self.codec = CtcCodec(self.info.dictionary)
        self.batch_size = batch_size
        self.runner = open_runner(self.info, engine, device, threads)

    @property
    def name(self) -> str:
        """PaddleX name of the model, or its folder's name."""
        return self.info.model_name or self.model_dir.name

    def predict(self, images: Sequence[np.ndarray]) -> list[Reading]:
        """The readings of uint8 BGR H x W x 3 images, in input order.

        Raises:
            DataError: an image has another shape or no pixels.
        """
        readings: list[Reading] = []
        for start in range(0, len(images), CHUNK):
            readings += self._read(self.runner.each(self._fit, images[start : start + CHUNK]))
        return readings

    def predict_files(self, paths: Sequence[Path]) -> Iterator[Reading | DataError]:
        """The reading of every image file in order, or the error that names the file which cannot be read.

        Holds `CHUNK` prepared images at a time, however many or large the files are.
        """
        for start in range(0, len(paths), CHUNK):
            results = self.runner.each(self._fitted_file, paths[start : start + CHUNK])
            readings = iter(self._read([result for result in results if not isinstance(result, DataError)]))
            for result in results:
                yield result if isinstance(result, DataError) else next(readings)

    def _fitted_file(self, path: Path) -> Fitted | DataError:
        try:
            return self._fit(read_bgr(path))
        except DataError as error:
            return error

    def _fit(self, image_HWC: np.ndarray) -> Fitted:
        return fit(image_HWC, self.info.base_width, self.info.rows)

    def _read(self, fitted: list[Fitted]) -> list[Reading]:
        batches = self._batches(fitted)
        alone = len(batches) == 1
        found = self.runner.each(lambda batch: self._read_batch([fitted[index] for index in batch], alone), batches)
        readings: dict[int, Reading] = {}
        for batch, some in zip(batches, found, strict=True):
            readings.update(zip(batch, some, strict=True))
        return [readings[index] for index in range(len(fitted))]

    def _batches(self, fitted: list[Fitted]) -> list[list[int]]:
        """Which images run together; the largest batches come first, so that no core is left with one at the end."""
        indices_of_width: dict[int, list[int]] = defaultdict(list)
        for index, (_, width) in enumerate(fitted):
            indices_of_width[width].append(index)
        most = self.batch_size
        if not self.runner.on_card:
            most = min(most, CPU_BATCH, -(-len(fitted) // self.runner.streams))
        batches: list[list[int]] = []
        for _, some in sorted(indices_of_width.items(), reverse=True):
            batches += [some[start : start + most] for start in range(0, len(some), most)]
        return sorted(batches, key=lambda batch: -len(batch) * fitted[batch[0]][1])

    def _read_batch(self, batch: list[Fitted], alone: bool) -> list[Reading]:
        input_NCHW = np.empty((len(batch), 3, self.info.rows, batch[0][1]), np.float32)
        for (content_HWC, _), out_CHW in zip(batch, input_NCHW, strict=True):
            normalize(content_HWC, out_CHW)
        probs_NTK = self.runner.run(input_NCHW, alone)
        if probs_NTK.shape[-1] != self.codec.num_classes:
            raise UsageError(
                f"{self.model_dir}: character_dict has {len(self.info.dictionary)} characters and so needs "
                f"{self.codec.num_classes} classes (blank and space), the network has {probs_NTK.shape[-1]}",
                fix=EXPORT,
            )
        return self.codec.decode(probs_NTK)
