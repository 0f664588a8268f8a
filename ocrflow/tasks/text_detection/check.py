"""What only text detection checks of a dataset: the folder `images`, and the boxes of each row."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ocrflow.config import RunConfig
from ocrflow.data.box_json import shortened_text
from ocrflow.data.boxes import NumberedBox, Problem, numbered_boxes, parse_boxes
from ocrflow.data.faults import Fault, fault
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.tasks.text_detection.counts import BoxCounts
from ocrflow.tasks.text_detection.polygon_faults import exif_mismatch, polygon_problems

if TYPE_CHECKING:
    from PIL.Image import Image

IMAGES = "images"
_UNWANTED = frozenset(("Cc", "Cs", "Zl", "Zp"))
_BYTE_ORDER_MARK = "\ufeff"


class DetectionCheck:
    """The checks of PaddleX's TextDetDataset; implements `ocrflow.tasks.check.DatasetCheck`."""

    dataset_type = "TextDetDataset"

    def __init__(self, config: RunConfig, root: Path) -> None:
        self._dataset_dir = Path(config.Global.dataset_dir)
        self._root = root
        self._counts: dict[str, BoxCounts] = {}

    def opening_faults(self) -> Iterator[Fault]:
        """`dataset_layout`, when PaddleX would not find the dataset by its only folder `images`."""
        found = _named_images(self._dataset_dir)
        if len(found) != 1:
            several = "none" if not found else f"{len(found)}: " + ", ".join(map(str, found[:3]))
            message = f"PaddleX expects exactly one folder named images below {self._dataset_dir}, got {several}"
            yield fault("dataset_layout", message, self._dataset_dir)
        elif found[0].parent.resolve() != self._root.resolve():
            message = f"PaddleX expects train.txt beside {found[0]}, got it in {self._root}"
            yield fault("dataset_layout", message, self._dataset_dir)

    def row_faults(self, rows: RowList, row: Row, image: ImageFacts | None) -> Iterator[Fault]:
        """The faults of a row's label, with those of its image that only the boxes tell; counts the boxes."""
        boxes, problems = numbered_boxes(row.text)
        size = (image.width, image.height) if image and not image.problem else None
        if rows.split not in self._counts:
            self._counts[rows.split] = BoxCounts()
        self._counts[rows.split].add([box for _, box in boxes], size)
        mismatch = exif_mismatch(boxes, image) if image and size else None
        if mismatch:
            yield rows.fault("image_exif_mismatch", row, mismatch)
            size = None
        if not problems:
            problems = list(_count_problem(boxes))
        for code, message in problems:
            yield rows.fault(code, row, message)
        for code, message in _text_problems(boxes):
            yield rows.fault(code, row, message)
        for code, message in polygon_problems(boxes, size):
            yield rows.fault(code, row, message)

    def closing_faults(self, lists: Sequence[RowList]) -> Iterator[Fault]:
        """`boxes_all_ignored` for each list without a box that counts."""
        for rows in lists:
            counts = self._counts.get(rows.split, BoxCounts())
            if counts.rows and counts.boxes == counts.ignored:
                ignored = ", all of them ignored (### or *)" if counts.boxes else ""
                message = f"rows: {counts.rows}, usable boxes: {counts.boxes}{ignored}"
                yield fault("boxes_all_ignored", message, rows.file, split=rows.split)

    def write_histogram(self, path: Path) -> None:
        """Write the PNG with the numbers, sizes and shapes of all boxes that `row_faults` saw."""
        from ocrflow.report.detection_histogram import write_histogram

        write_histogram(path, self._counts)

    def draw_sample(self, image: Image, row: Row) -> Image:
        """The RGB image with its polygons and texts; polygons that are no polygons are left out."""
        from ocrflow.report.detection_samples import draw_boxes

        return draw_boxes(image, parse_boxes(row.text)[0])

    def summary(self) -> str:
        """E.g. `16,653 boxes, 13 of them ignored`."""
        boxes = sum(counts.boxes for counts in self._counts.values())
        ignored = sum(counts.ignored for counts in self._counts.values())
        return f"{boxes:,} boxes" + (f", {ignored:,} of them ignored" if ignored else "")


def _named_images(folder: Path) -> list[Path]:
    """Everything below a folder that is named images, as PaddleX looks for it; linked folders are not entered."""
    found = []
    for name, folders, files in os.walk(folder):
        found += [Path(name, IMAGES) for names in (folders, files) if IMAGES in names]
    return sorted(found)


def _count_problem(boxes: Sequence[NumberedBox]) -> Iterator[Problem]:
    if not boxes:
        yield "boxes_none", "the list of boxes is empty"
    elif all(box.ignored for _, box in boxes):
        yield "boxes_ignored_in_row", f"all {len(boxes)} boxes are ignored (### or *)"


def _text_problems(boxes: Sequence[NumberedBox]) -> Iterator[Problem]:
    """Texts with control characters, and texts without a visible character."""
    for number, box in boxes:
        text = box.text
        if text.isprintable() and text.strip():
            continue
        unwanted = sorted({char for char in text if _is_unwanted(char)})
        if unwanted:
            names = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in unwanted[:5])
            yield "label_control_character", f"box {number}: {names} in {shortened_text(text)!r}"
        elif all(unicodedata.category(char)[0] in "ZC" for char in text):
            yield "box_text_blank", f"box {number} has the text {shortened_text(text)!r}"


def _is_unwanted(char: str) -> bool:
    return char == _BYTE_ORDER_MARK or unicodedata.category(char) in _UNWANTED
