"""Images with their boxes, drawn as SVG on top: they stay sharp at any size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from ocrflow.report.page.album import Album
from ocrflow.report.page.texts import shortened

MOST_MARKS = 600  # boxes drawn on one image
RIGHT, MISREAD, MISSED, FALSE, LEFT_OUT = "right", "misread", "missed", "false", "left-out"
MARGIN = 0.6  # of a crop around its box, as a share of the box's short side

Line = dict[str, Any]
Points = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Mark:
    """A box: its corners (x, y) in pixels of the image, what it is, its label, what was read, its number.

    Attributes:
        truth, text: empty where there is none.
        score: of the box; None for a missed one.
    """

    points: Points
    kind: str
    truth: str = ""
    text: str = ""
    score: float | None = None
    number: int | None = None

    @property
    def told(self) -> str:
        """What a pointer over it tells."""
        reading = f"{self.truth} → {self.text}" if self.kind == MISREAD else self.truth or self.text
        words = (self.kind.replace("-", " "), reading, "" if self.score is None else f"{self.score:.3f}")
        return ", ".join(word for word in words if word)


def marks_of(row: Line) -> list[Mark]:
    """The boxes of a line of predictions, faults last; boxes that are misread, missed or false are numbered.

    A line of evaluate/predictions.jsonl of a detector, or of ocr/predictions.jsonl.
    """
    marks = [_found(box, row["truth"]) for box in row["boxes"]]
    marks += [_missed(truth) for truth in row["truth"] if truth["box"] is None]
    good = [mark for mark in marks if mark.kind in (LEFT_OUT, RIGHT)]
    bad = [mark for mark in marks if mark.kind not in (LEFT_OUT, RIGHT)]
    return good + [replace(mark, number=number) for number, mark in enumerate(bad, 1)]


def _found(box: Line, truths: Sequence[Line]) -> Mark:
    score, text = box.get("score", box.get("text_score")), box.get("text", "")
    facts = {"text": text, "score": score if isinstance(score, int | float) else None}
    if not box["counts"]:
        return Mark(box["points"], LEFT_OUT, **facts)
    if box["truth"] is None:
        return Mark(box["points"], FALSE, **facts)
    kind = RIGHT if box.get("right", True) else MISREAD
    return Mark(box["points"], kind, truths[box["truth"]]["text"], **facts)


def _missed(truth: Line) -> Mark:
    return Mark(truth["points"], MISSED if truth["counts"] else LEFT_OUT, truth["text"])


def is_polygon(points: object) -> bool:
    """Whether these are at least three corners of finite numbers."""
    try:
        corners = np.asarray(points, np.float64)
    except (TypeError, ValueError):
        return False
    return corners.ndim == 2 and corners.shape[0] >= 3 and corners.shape[1] == 2 and bool(np.isfinite(corners).all())


def scene(
    image_HWC: np.ndarray, marks: Sequence[Mark], album: Album, limits: tuple[int, int], most_bytes: int
) -> Markup | None:
    """The image with its marks; None when the album is full."""
    picture = album.picture(image_HWC, limits, most_bytes)
    if picture is None:
        return None
    width, height = picture.width, picture.height
    image = f'<image href="{picture.address}" width="{width}" height="{height}" preserveAspectRatio="none"/>'
    drawn = "".join(_drawn(mark, width / 22) for mark in marks[-MOST_MARKS:])
    attributes = f'class="scene" viewBox="0 0 {width} {height}" style="aspect-ratio:{width}/{height}" role="img"'
    return Markup(f"<svg {attributes}>{image}{drawn}</svg>")


def _drawn(mark: Mark, size: float) -> str:
    corners = " ".join(f"{x:.5g},{y:.5g}" for x, y in mark.points)
    polygon = f'<polygon class="{mark.kind}" points="{corners}"><title>{escape(shortened(mark.told))}</title></polygon>'
    if mark.number is None:
        return polygon
    x, y = mark.points[0]
    place = f'x="{x:.5g}" y="{max(y - size / 5, size):.5g}" font-size="{size:.4g}"'
    return f'{polygon}<text class="{mark.kind}" {place}>{mark.number}</text>'


def crop_of(image_HWC: np.ndarray, points: Points) -> tuple[np.ndarray, Points]:
    """The part of an image around a polygon, and the polygon in it; an empty part for one outside of the image."""
    corners = np.asarray(points, np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    margin = MARGIN * max(float((high - low).min()), 8.0)
    height, width = image_HWC.shape[:2]
    left, top = (int(max(0, value - margin)) for value in low)
    right, bottom = (int(min(side, value + margin)) for side, value in zip((width, height), high, strict=True))
    return image_HWC[top : max(top, bottom), left : max(left, right)], (corners - (left, top)).tolist()


def drawn_scenes(
    rows: Sequence[Line], root: Path, album: Album, limits: tuple[int, int], most_bytes: int, numbered: bool
) -> Iterator[tuple[Line, list[Mark], Markup | None]]:
    """Each row with its marks and its picture; the picture is None when it cannot be read, or the album is full."""
    for row in rows:
        marks = marks_of(row)
        shown = marks if numbered else [replace(mark, number=None) for mark in marks]
        image_HWC = album.image(root / row["image"])
        yield row, marks, None if image_HWC is None else scene(image_HWC, shown, album, limits, most_bytes)


def finite(value: object) -> float:
    """The number, or 0 for what is none."""
    return float(value) if isinstance(value, int | float) and isfinite(value) else 0.0
