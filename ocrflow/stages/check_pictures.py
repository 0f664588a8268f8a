"""The pictures of check_dataset: the histogram of the labels, and samples with their labels drawn."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
from PIL import Image

from ocrflow.data.images import read_bgr
from ocrflow.data.labels import Row
from ocrflow.data.workers import in_order
from ocrflow.errors import DataError
from ocrflow.files import replacing
from ocrflow.tasks.check import DatasetCheck
from ocrflow.tasks.examine import Examination

_FEW = 16  # so many pictures pay for starting processes
_QUALITY = 90  # of the JPEG samples


@dataclass(frozen=True)
class _Drawing:
    """What the processes that draw have in common."""

    folder: Path
    check: DatasetCheck
    root: Path


_drawing: _Drawing | None = None
Job = tuple[str, Row] | None  # a split and its row; None: the histogram


def write_pictures(folder: Path, name: str, found: Examination) -> dict[str, Any]:
    """Draw with all cores what a person looks at; returns PaddleX's keys `attributes` and `analysis`.

    Args:
        folder: where the pictures go; samples into `demo_img/` as `train_0001_STEM.jpg` with the row's line.
        name: what the folder is called in the result.
        found: a dataset without errors, or with accepted ones: rows whose image cannot be read are not drawn.
    """
    assert found.check and found.root
    samples = [(split, row) for split, rows in found.samples.items() for row in rows]
    jobs: list[Job] = [None, *samples]
    drawing = _Drawing(folder, found.check, found.root)
    with closing(in_order(_draw, jobs, pool_from=_FEW, chunk=1, prepare=partial(_share, drawing))) as drawn:
        _, *names = drawn
    attributes: dict[str, list[str]] = {f"{split}_sample_paths": [] for split in found.samples}
    for (split, _), file in zip(samples, names, strict=True):
        if file:
            attributes[f"{split}_sample_paths"].append(f"{name}/demo_img/{file}")
    return {"attributes": attributes, "analysis": {"histogram": f"{name}/histogram.png"}}


def _share(drawing: _Drawing) -> None:
    global _drawing
    _drawing = drawing


def _draw(job: Job) -> str | None:
    """In a process: the file name of a sample, None when it cannot be drawn."""
    assert _drawing
    if job is None:
        _drawing.check.write_histogram(_drawing.folder / "histogram.png")
        return None
    return _write_sample(_drawing.folder / "demo_img", _drawing.check, _drawing.root, *job)


def _write_sample(folder: Path, check: DatasetCheck, root: Path, split: str, row: Row) -> str | None:
    try:
        image = Image.fromarray(cv2.cvtColor(read_bgr(root / row.image), cv2.COLOR_BGR2RGB))
    except DataError:  # an accepted fault; it is in faults.jsonl
        return None
    name = f"{split}_{row.line:04d}_{_stem(row.image)}.jpg"
    with replacing(folder / name) as temporary:
        check.draw_sample(image, row).save(temporary, format="JPEG", quality=_QUALITY)
    return name


def _stem(image: str) -> str:
    """The file's name without its suffix, short enough that prefix and temporary suffix fit into 255 bytes."""
    return Path(image).stem.encode()[:180].decode("utf-8", errors="ignore")
