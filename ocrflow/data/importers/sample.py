"""What every parser of a labelling tool's format yields: samples, and problems of what could not be read.

A parser is `def read(source: Path) -> Iterator[Sample | Problem]`. It raises nothing for bad content: a bad line,
object or file is one Problem, and it goes on. What a source marks as unfinished is a Notice (`Iterator[Item]`): it is
left out, counted and told, and does not stop the import.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Points = tuple[tuple[float, float], ...]

IGNORED = "###"


@dataclass(frozen=True)
class Annotation:
    """One text region.

    Attributes:
        text: its transcription; "###" for a region that training ignores.
        points: corners (x, y) in pixels, at least 3; 4 of them in the order top left, top right, bottom right,
            bottom left as one reads the text, when the source says so.
    """

    text: str
    points: Points

    @property
    def ignored(self) -> bool:
        """Whether training ignores the region: "###" or "*", as PaddleOCR has it."""
        return self.text in (IGNORED, "*")


@dataclass(frozen=True)
class Sample:
    """One picture with its labels: regions for detection, or one text for recognition.

    Attributes:
        name: the path wanted below images/, with forward slashes: "a/b.jpg".
        image: the picture's file, or its bytes where the source holds them.
        annotations: the regions; None for a recognition sample.
        text: the text of the whole picture; None for a detection sample.
        split: "train" or "val" where the source says so.
        origin: where the labels stand, `FILE:LINE` or `FILE#KEY`.
    """

    name: str
    image: Path | bytes
    annotations: tuple[Annotation, ...] | None
    text: str | None
    split: str | None
    origin: str


@dataclass(frozen=True)
class Problem:
    """Something in a source that cannot become a sample.

    Attributes:
        origin: where it stands, `FILE:LINE`, `FILE#KEY` or `FILE`.
        message: what is wrong there, and what was expected.
    """

    origin: str
    message: str


@dataclass(frozen=True)
class Notice:
    """Something that the source itself marks as not meant for training; left out without being a fault.

    Attributes:
        origin: where it stands.
        message: why it is left out; equal messages are counted together, so it names no file.
    """

    origin: str
    message: str


Item = Sample | Problem | Notice
