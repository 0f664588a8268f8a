"""The labelled rows of a dataset as one pandas table: a line of the table for each row that training may use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrflow.config import RunConfig
from ocrflow.data.fault_log import read_excluded
from ocrflow.data.image_faults import path_problem
from ocrflow.data.image_pool import inspect_all
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList, scan_lists
from ocrflow.data.split_in_place import refuse_unfinished
from ocrflow.errors import DataError

if TYPE_CHECKING:
    import pandas

COLUMNS: dict[str, str] = {
    "split": "train or val: the list that the row stands in",
    "line": "line of the row in its list, from 1",
    "path": "path of the image as the list has it",
    "label": "text of the row; for detection the JSON of its boxes",
    "width": "width of the image in pixels, as training sees it",
    "height": "height of the image in pixels",
    "aspect_ratio": "width / height of the image",
    "hash": "MD5 of the image file in hex",
    "in_val": "1 for a row of val, 0 for one of train; its mean is the share of val",
    "splits_of_image": "how many of the two lists show this image, byte for byte; 2 is a leak",
    "labels_of_image": "how many different labels this image has in all rows",
}
ColumnsOfRow = Callable[[Row, ImageFacts], dict[str, Any]]


@dataclass(frozen=True)
class RowTable:
    """The rows and where they came from.

    Attributes:
        frame: pandas.DataFrame with `COLUMNS` and those of the task, indexed 0, 1, 2 ...; train before val.
        root: the folder that `path` is relative to.
        files: the list of each split.
        excluded: rows that check_dataset left out, which the table does not hold.
    """

    frame: pandas.DataFrame
    root: Path
    files: Mapping[str, Path]
    excluded: int

    @property
    def rows(self) -> dict[str, int]:
        """Rows by split."""
        return {split: int((self.frame["split"] == split).sum()) for split in self.files}


def read_row_table(config: RunConfig, root: Path, columns_of_row: ColumnsOfRow) -> RowTable:
    """Read both lists and look at every image once.

    Args:
        config: its output folder holds what check_dataset excluded.
        root: the dataset's root.
        columns_of_row: the columns that only the task knows.

    Raises:
        DataError: no row is left.
        OutsideError: a process that reads images died.
    """
    refuse_unfinished(root)
    scanned, _ = scan_lists(root, config.CheckDataset.split.enable)
    left_out = read_excluded(Path(config.Global.output))
    lists = [_without(rows, left_out) for rows in scanned]
    excluded = sum(len(rows.rows) for rows in scanned) - sum(len(rows.rows) for rows in lists)
    if not any(rows.rows for rows in lists):
        raise DataError(f"{root}: no row is left, {excluded} are excluded", fix="ocrflow check-dataset -c CONFIG")
    images = {row.image: root / row.image for rows in lists for row in rows.rows if not path_problem(row.image)}
    facts = inspect_all(images, "expectations")
    files = {rows.split: rows.file for rows in lists}
    return RowTable(_frame(lists, facts, columns_of_row), root, files, excluded)


def _without(rows: RowList, left_out: Collection[tuple[str, int]]) -> RowList:
    return RowList(rows.split, rows.file, [row for row in rows.rows if (rows.split, row.line) not in left_out])


def _frame(lists: Sequence[RowList], facts: Mapping[str, ImageFacts], columns_of_row: ColumnsOfRow) -> pandas.DataFrame:
    import pandas

    unknown = ImageFacts()
    columns: defaultdict[str, list[Any]] = defaultdict(list)
    for rows in lists:
        for row in rows.rows:
            image = facts.get(row.image, unknown)
            for values in (_of_any_task(rows.split, row, image), columns_of_row(row, image)):
                for name, value in values.items():
                    columns[name].append(value)
    frame = pandas.DataFrame(columns)
    of_image = frame.groupby("hash", dropna=False)
    at = list(COLUMNS).index("splits_of_image")
    frame.insert(at, "splits_of_image", of_image["split"].transform("nunique"))
    frame.insert(at + 1, "labels_of_image", of_image["label"].transform("nunique"))
    return frame


def _of_any_task(split: str, row: Row, image: ImageFacts) -> dict[str, Any]:
    """What is known without the task; None for what an unusable image does not tell."""
    width, height = (image.width, image.height) if image.width and image.height else (None, None)
    return {
        "split": split,
        "line": row.line,
        "path": row.image,
        "label": row.text,
        "width": width,
        "height": height,
        "aspect_ratio": round(width / height, 4) if width and height else None,
        "hash": image.md5 or None,
        "in_val": int(split == "val"),
    }
