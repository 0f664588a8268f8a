"""Taking samples of one or several sources together: each picture once, each name once, no picture in both splits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from ocrflow.data.boxes import Box, boxes_text
from ocrflow.data.images import inspect
from ocrflow.data.importers.names import Names, clean_name
from ocrflow.data.importers.sample import Problem, Sample
from ocrflow.data.split import in_train


@dataclass(frozen=True, slots=True)
class _First:
    """The first sample with some picture."""

    labels: bytes
    split: str
    origin: str


class Merger:
    """Decides for each sample whether it is new, a copy, or contradicts an earlier one.

    It keeps for each picture the MD5 of its bytes, a hash of its labels, its name and where it came from.

    Args:
        seed, val_percent: how pictures are divided that no source divides.
        by_stem: see `Names`.
    """

    def __init__(self, seed: int, val_percent: int, by_stem: bool) -> None:
        self._seed, self._val_percent = seed, val_percent
        self._names = Names(by_stem)
        self._first: dict[bytes, _First] = {}
        self.copies = 0

    def place(self, sample: Sample) -> Sample | Problem | None:
        """The sample with its final name and split; None for a copy of an earlier one with the same labels."""
        if not clean_name(sample.name):
            return Problem(sample.origin, f"no usable name for the picture: {sample.name!r}")
        md5 = _md5(sample.image)
        if isinstance(md5, str):
            return Problem(sample.origin, picture_message(sample, md5))
        if earlier := self._first.get(md5.digest()):
            return self._compared(sample, earlier)
        split = sample.split or ("train" if in_train(md5.hexdigest(), self._seed, 100 - self._val_percent) else "val")
        self._first[md5.digest()] = _First(_labels_digest(sample), split, sample.origin)
        return replace(sample, name=self._names.take(clean_name(sample.name)), split=split)

    def _compared(self, sample: Sample, earlier: _First) -> Problem | None:
        if _labels_digest(sample) != earlier.labels:
            return Problem(sample.origin, f"the same picture as in {earlier.origin} with other labels")
        if sample.split not in (None, earlier.split):
            message = f"the same picture as in {earlier.origin}, there in {earlier.split}, here in {sample.split}"
            return Problem(sample.origin, message)
        self.copies += 1
        return None


def boxes_of(sample: Sample) -> list[Box]:
    """The regions as PaddleX's boxes: whole pixels as integers, others to a hundredth."""
    return [
        Box(item.text, tuple((_rounded(x), _rounded(y)) for x, y in item.points)) for item in sample.annotations or ()
    ]


def picture_message(sample: Sample, message: str) -> str:
    """The message with the picture's path, unless the sample's origin is that path."""
    if not isinstance(sample.image, Path):
        return f"the picture: {message}"
    return message if str(sample.image) == sample.origin else f"{sample.image}: {message}"


def _rounded(value: float) -> float:
    """An int for a whole number; what is not finite stays."""
    try:
        near = round(value, 2)
        return int(near) if near == int(near) else near
    except (ValueError, OverflowError):
        return value


def _labels_digest(sample: Sample) -> bytes:
    text = repr(sample.text) if sample.annotations is None else boxes_text(boxes_of(sample))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).digest()[:16]


def _md5(image: Path | bytes) -> hashlib._Hash | str:
    """The MD5 of a picture's bytes, or why it cannot be read."""
    if isinstance(image, bytes):
        return hashlib.md5(image, usedforsecurity=False)
    try:
        if image.is_file():
            with image.open("rb") as file:
                return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    except (OSError, ValueError):
        pass
    return inspect(image).message or "cannot be read"
