"""What models and the OCR pipeline answer: plain values, and the same as JSON has it.

Points are (x, y) in pixels of the image, clockwise from the top left of the text. Scores are probabilities 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class TextLine:
    """What was read in one image of one line.

    Attributes:
        image: the path as it was given or found, the URL, or `array[N]` for the array number N.
        text: empty when nothing was read.
        score: the mean probability of its characters; 0 for an empty text.
        page: of a PDF, from 1; None for images.
    """

    image: str
    text: str
    score: float
    page: int | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it: {"image", "text", "score"}, and "page" for a PDF."""
        return {"image": self.image, **_page(self.page), "text": self.text, "score": self.score}

    @property
    def words(self) -> str:
        """As one line of the terminal."""
        return f"{_place(self.image, self.page)}\t{self.text}\t{self.score:.4f}"


@dataclass(frozen=True)
class TextBox:
    """One found text.

    Attributes:
        points: its four corners.
        score: the detector's mean probability inside of them.
        text: what the recogniser read in it; None where only a detector ran.
        text_score: the mean probability of its characters; None where only a detector ran.
    """

    points: Points
    score: float
    text: str | None = None
    text_score: float | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it: {"points", "score"}, after a recogniser also "text" and "text_score"."""
        found: dict[str, Any] = {"points": [list(point) for point in self.points], "score": self.score}
        return found if self.text is None else found | {"text": self.text, "text_score": self.text_score}


@dataclass(frozen=True)
class ImageBoxes:
    """The texts found in one image, or in one page of a PDF.

    Attributes:
        image: the path as it was given or found, the URL, or `array[N]` for the array number N.
        boxes: of a pipeline in reading order (PaddleX's: from top to bottom, in one line from left to right).
        page: of a PDF, from 1; None for images.
    """

    image: str
    boxes: tuple[TextBox, ...]
    page: int | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it: {"image", "boxes": [...]}, and "page" for a PDF."""
        return {"image": self.image, **_page(self.page), "boxes": [box.plain for box in self.boxes]}

    @property
    def words(self) -> str:
        """As one line of the terminal: the texts, or the scores where only a detector ran."""
        texts = [box.text for box in self.boxes if box.text is not None]
        said = " | ".join(texts) if texts else " ".join(f"{box.score:.2f}" for box in self.boxes)
        return f"{_place(self.image, self.page)}\t{len(self.boxes)} {'texts' if texts else 'boxes'}\t{said}"


Answer = TextLine | ImageBoxes


def _page(page: int | None) -> dict[str, int]:
    return {} if page is None else {"page": page}


def _place(image: str, page: int | None) -> str:
    return image if page is None else f"{image} page {page}"
