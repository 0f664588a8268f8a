"""What `check_dataset` asks of a task: its own faults, and its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from PIL import Image

from ocrflow.config import RunConfig
from ocrflow.data.faults import Fault
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.models import TEXT_RECOGNITION


class DatasetCheck(Protocol):
    """The checks of one task. Rows come one by one; what is kept of them does not grow with their number."""

    dataset_type: str

    def opening_faults(self) -> Iterator[Fault]:
        """Faults of the files beside the lists."""
        ...

    def row_faults(self, rows: RowList, row: Row, image: ImageFacts | None) -> Iterator[Fault]:
        """Faults of one row's label, called once a row in file order; counts it for the histogram, too."""
        ...

    def closing_faults(self, lists: Sequence[RowList]) -> Iterator[Fault]:
        """Faults that show only when all rows were seen."""
        ...

    def write_histogram(self, path: Path) -> None:
        """Draw what the labels are like, as a PNG."""
        ...

    def draw_sample(self, image: Image.Image, row: Row) -> Image.Image:
        """The RGB image with the label of its row."""
        ...

    def summary(self) -> str:
        """A few words for the last line on the terminal, e.g. `37 characters`."""
        ...


def check_of(config: RunConfig, root: Path) -> DatasetCheck:
    """The checks of the configured task for the dataset in `root`."""
    if config.task == TEXT_RECOGNITION:
        from ocrflow.tasks.text_recognition.check import RecognitionCheck

        return RecognitionCheck(config, root)
    from ocrflow.tasks.text_detection.check import DetectionCheck

    return DetectionCheck(config, root)
