"""The images that the pipeline is scored on, with their labels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ocrflow.config import RunConfig
from ocrflow.data.boxes import Box, read_boxes
from ocrflow.data.labels import Row, read_rows
from ocrflow.data.root import LIST_OF_SPLIT, dataset_root
from ocrflow.errors import DataError, UsageError
from ocrflow.tasks.ocr.matching import is_left_out


@dataclass(frozen=True)
class HeldBack:
    """Rows of one list.

    Attributes:
        root: folder that their image paths are relative to.
        file: the list.
        boxes: the labels of each row.
    """

    root: Path
    file: Path
    rows: list[Row]
    boxes: list[list[Box]]

    @cached_property
    def _rows_of_stem(self) -> Counter[str]:
        return Counter(_stem(row) for row in self.rows)

    def place_of(self, row: Row) -> str:
        """Folder for PaddleX's files of a row: `.`, or one of its own where rows would overwrite each other's."""
        return "." if self._rows_of_stem[_stem(row)] == 1 else f"line_{row.line}"


def _stem(row: Row) -> str:
    """What PaddleX names its files after; some disks do not tell capitals from small letters."""
    return Path(row.image).stem.casefold()


def held_back(config: RunConfig) -> HeldBack:
    """The rows of `Ocr.rows`; when it is not set, of the dataset's val.txt.

    Raises:
        UsageError: no such list.
        DataError: the list or a label is faulty, or no label says what a text says.
    """
    root = dataset_root(Path(config.Global.dataset_dir))
    file = Path(config.Ocr.rows) if config.Ocr.rows else root / LIST_OF_SPLIT["val"]
    if not file.is_file():
        fix = "ocrflow split -c CONFIG --task text_detection, or another list with -o Ocr.rows=FILE"
        raise UsageError(f"Ocr.rows: {file}: no such list of images", fix=fix)
    rows = read_rows(file)
    boxes = [read_boxes(row, file) for row in rows]
    if all(is_left_out(box) for some in boxes for box in some):
        message = f"{file}: no text to read in {len(rows)} images: no box has a transcription, or all are ignored"
        raise DataError(message, fix="label some texts with what they say, or choose another list")
    return HeldBack(root, file, rows, boxes)
