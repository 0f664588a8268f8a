"""The heavy work for one sample: verify its picture, turn it upright, write it or the crops of its texts."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from ocrflow.data.boxes import boxes_text
from ocrflow.data.images import ImageFacts, inspect, read_bgr
from ocrflow.data.importers.crops import CannotCrop, crop
from ocrflow.data.importers.merge import boxes_of
from ocrflow.data.importers.names import stem_of
from ocrflow.data.importers.sample import Problem, Sample
from ocrflow.data.importers.verify import why_no_label, why_not

JPEG_QUALITY = 95
_QUALITY = {".jpg": (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY), ".webp": (cv2.IMWRITE_WEBP_QUALITY, 101)}


@dataclass(frozen=True)
class Job:
    """One sample to write.

    Attributes:
        sample: with its final name and split; or a Problem that passes through.
        folder: the new dataset's root.
        cut: write the crops of its regions, not the picture.
        write: False to look for problems only.
    """

    sample: Sample | Problem
    folder: Path
    cut: bool
    write: bool


@dataclass
class Outcome:
    """What became of a sample: rows of its list as (path, label), counts, and problems."""

    split: str = "train"
    rows: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


def process(job: Job) -> Outcome:
    """Do one job; what is wrong with the sample is in the outcome.

    Raises:
        OSError: the new dataset cannot be written.
    """
    sample = job.sample
    if isinstance(sample, Problem):
        return Outcome(problems=[sample])
    outcome = Outcome(split=sample.split or "train")
    with _as_file(sample, job.folder) as picture:
        facts = inspect(picture)
        message = why_not(sample, facts)
        if message:
            outcome.problems.append(Problem(sample.origin, message))
        elif job.cut:
            _cut(job, sample, picture, outcome)
        else:
            _keep(job, sample, picture, facts, outcome)
    return outcome


@contextmanager
def _as_file(sample: Sample, folder: Path) -> Iterator[Path]:
    """The file of the sample's picture; bytes get a temporary one."""
    if isinstance(sample.image, Path):
        yield sample.image
        return
    temporary = folder / f".{os.getpid()}.tmp"
    try:
        temporary.write_bytes(sample.image)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _keep(job: Job, sample: Sample, picture: Path, facts: ImageFacts, outcome: Outcome) -> None:
    """Write the picture itself: its bytes, or turned upright when EXIF says that viewers turn it."""
    if sample.annotations is None:
        label = sample.text or ""
    else:
        label = boxes_text(boxes_of(sample))
        outcome.counts["boxes"] += len(sample.annotations)
        outcome.counts["ignored"] += sum(item.ignored for item in sample.annotations)
    outcome.counts["pictures"] += 1
    outcome.counts["turned"] += facts.orientation != 1
    outcome.rows.append((f"images/{sample.name}", label))
    if not job.write:
        return
    target = job.folder / "images" / sample.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if facts.orientation != 1:
        target.write_bytes(_encoded(read_bgr(picture), target.suffix))
    else:
        shutil.copyfile(picture, target)


def _cut(job: Job, sample: Sample, picture: Path, outcome: Outcome) -> None:
    """Write a crop for each region with a text."""
    outcome.counts["pictures"] += 1
    image_HWC: np.ndarray | None = None
    for number, item in enumerate(sample.annotations or (), 1):
        outcome.counts["boxes"] += 1
        kind = "ignored" if item.ignored else "blank" if not item.text.strip() else ""
        if kind:
            outcome.counts[kind] += 1
            continue
        image_HWC = read_bgr(picture) if image_HWC is None else image_HWC
        try:
            if message := why_no_label(item.text):
                raise CannotCrop(message)
            cut_HWC = crop(image_HWC, item.points)
        except CannotCrop as error:
            outcome.problems.append(Problem(sample.origin, f"region {number}: {error}"))
            continue
        if cut_HWC is None:
            outcome.counts["tiny"] += 1
            continue
        name = f"images/{stem_of(sample.name)}_{number:04d}.png"
        outcome.rows.append((name, item.text))
        if job.write:
            target = job.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_encoded(cut_HWC, ".png"))


def _encoded(image_HWC: np.ndarray, suffix: str) -> bytes:
    """The image in the format of its suffix: JPEG of quality 95, everything else without loss."""
    suffix = {".jpeg": ".jpg", ".tiff": ".tif"}.get(suffix.lower(), suffix.lower())
    if suffix not in (".jpg", ".webp", ".tif", ".bmp"):
        suffix = ".png"
    _, content = cv2.imencode(suffix, image_HWC, list(_QUALITY.get(suffix, ())))
    return content.tobytes()
