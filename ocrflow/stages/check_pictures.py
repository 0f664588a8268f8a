"""The pictures of check_dataset: the histogram of the labels, and samples with their labels drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from ocrflow.data.images import read_bgr
from ocrflow.data.labels import Row
from ocrflow.errors import DataError
from ocrflow.files import replacing
from ocrflow.tasks.check import DatasetCheck
from ocrflow.tasks.examine import Examination

_QUALITY = 90  # of the JPEG samples


def write_pictures(folder: Path, name: str, found: Examination) -> dict[str, Any]:
    """Draw what a person looks at; returns PaddleX's keys `attributes` and `analysis`.

    Args:
        folder: where the pictures go; samples into `demo_img/` as `train_0001_STEM.jpg` with the row's line.
        name: what the folder is called in the result.
        found: a dataset without errors, or with accepted ones: rows whose image cannot be read are not drawn.
    """
    assert found.check and found.root
    attributes = {}
    for split, rows in found.samples.items():
        names = [_write_sample(folder / "demo_img", found.check, found.root, split, row) for row in rows]
        attributes[f"{split}_sample_paths"] = [f"{name}/demo_img/{item}" for item in names if item]
    found.check.write_histogram(folder / "histogram.png")
    return {"attributes": attributes, "analysis": {"histogram": f"{name}/histogram.png"}}


def _write_sample(folder: Path, check: DatasetCheck, root: Path, split: str, row: Row) -> str | None:
    try:
        image = Image.fromarray(read_bgr(root / row.image)[:, :, ::-1])
    except DataError:  # an accepted fault; it is in faults.jsonl
        return None
    name = f"{split}_{row.line:04d}_{_stem(row.image)}.jpg"
    with replacing(folder / name) as temporary:
        check.draw_sample(image, row).save(temporary, format="JPEG", quality=_QUALITY)
    return name


def _stem(image: str) -> str:
    """The file's name without its suffix, short enough that prefix and temporary suffix fit into 255 bytes."""
    return Path(image).stem.encode()[:180].decode("utf-8", errors="ignore")
