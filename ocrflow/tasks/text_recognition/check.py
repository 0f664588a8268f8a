"""What `check_dataset` asks of text recognition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from ocrflow.config import RunConfig
from ocrflow.data.dictionary import scan_dictionary
from ocrflow.data.faults import Fault
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.data.root import DICT_NAME
from ocrflow.tasks.text_recognition.checks import DEFAULT_BASE_WIDTH, LabelCheck, length_faults, turn_faults


class RecognitionCheck:
    """The checks of PaddleX's MSTextRecDataset; implements `ocrflow.tasks.check.DatasetCheck`.

    Attributes:
        dictionary: the characters of dict.txt that could be read.
        lengths: labels by their number of characters, for each split.
        characters: how often each character occurs in the labels of both splits.
    """

    dataset_type = "MSTextRecDataset"

    def __init__(self, config: RunConfig, root: Path):
        width = config.Train.base_width
        self.base_width = width if isinstance(width, int) else DEFAULT_BASE_WIDTH
        self.dictionary, self._dict_faults = scan_dictionary(root / DICT_NAME)
        self._labels = LabelCheck(self.dictionary)
        self.lengths: dict[str, Counter[int]] = {"train": Counter(), "val": Counter()}
        self.characters: Counter[str] = Counter()

    def opening_faults(self) -> Iterator[Fault]:
        yield from self._dict_faults

    def row_faults(self, rows: RowList, row: Row, image: ImageFacts | None) -> Iterator[Fault]:
        self.lengths[rows.split][len(row.text)] += 1
        self.characters.update(row.text)
        yield from self._labels.faults(rows, row)
        yield from length_faults(rows, row, image, self.base_width)
        yield from turn_faults(rows, row, image)

    def closing_faults(self, lists: Sequence[RowList]) -> Iterator[Fault]:
        yield from ()

    def write_histogram(self, path: Path) -> None:
        from ocrflow.report.histogram import write_histogram

        write_histogram(path, self.lengths, self.characters, self.dictionary)

    def draw_sample(self, image: Image.Image, row: Row) -> Image.Image:
        from ocrflow.report.samples import captioned

        return captioned(image, row.text)

    def summary(self) -> str:
        return f"{len(self.dictionary)} characters"
