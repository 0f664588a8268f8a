"""From (style, seed, index) to the bytes of one sample, independent of all other samples but for unique texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ocrflow.data.synth.camera import jpeg_bytes
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.styles import Style, style_named
from ocrflow.errors import UsageError

_MAX_ATTEMPTS = 200


@dataclass(frozen=True)
class Sample:
    """What one crop is to show.

    Attributes:
        index: its place in the set, and the number in its file name.
        shown: the text as drawn, with separators where a style has them.
        label: the text to read.
    """

    index: int
    shown: str
    label: str

    @property
    def image_name(self) -> str:
        """Path of the picture inside the data set."""
        return f"images/{self.index:06d}.jpg"


def _write(style: Style, seed: int, index: int, taken: set[str]) -> Sample:
    # The attempt counts from 1: a SeedSequence ignores trailing zero words, and would repeat the picture's stream.
    for attempt in range(1, _MAX_ATTEMPTS + 1):
        shown, label = style.write(Dice(seed, style.number, index, attempt))
        if label not in taken:
            return Sample(index, shown, label)
    raise UsageError(f"num_samples: no new {style.name} text left after {index} samples", fix="ask for fewer samples")


def plan(style: Style, seed: int, num_samples: int) -> Iterator[Sample]:
    """The samples in order of their index; labels are unique where the style asks for it."""
    taken: set[str] = set()
    for index in range(num_samples):
        sample = _write(style, seed, index, taken)
        if style.unique:
            taken.add(sample.label)
        yield sample


def picture(style_name: str, seed: int, sample: Sample) -> tuple[bytes, str]:
    """The JPEG file of a sample, and the second column of its row."""
    style = style_named(style_name)
    dice = Dice(seed, style.number, sample.index)
    image, label = style.draw(sample.shown, dice)
    return jpeg_bytes(image, dice.integer(40, 95)), label or sample.label
