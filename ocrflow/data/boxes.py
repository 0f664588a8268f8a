"""Labels of text detection: PaddleX's TextDetDataset, a JSON list of objects with `transcription` and `points`.

Other keys, such as PPOCRLabel's `difficult`, are read over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from ocrflow.data.box_json import KEYS, Refused, RepeatedKeys, items_of, shortened, utf8_safe
from ocrflow.data.labels import Row
from ocrflow.errors import DataError

IGNORE_MARKS = frozenset(("###", "*"))
MAX_COORDINATE = 1_000_000
MIN_POINTS = 4
_NUMBERS = (int, float)

Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """One text: what it says, and its polygon in pixels as (x, y), clockwise from the top left by convention."""

    text: str
    points: tuple[tuple[float, float], ...]

    @property
    def ignored(self) -> bool:
        """Training leaves it out: its text is `###` or `*`."""
        return self.text in IGNORE_MARKS


class NumberedBox(NamedTuple):
    """A box and its place in the JSON list, from 1."""

    number: int
    box: Box


def parse_boxes(label: str) -> tuple[list[Box], list[Problem]]:
    """The usable boxes of a label, and (fault code, message) of each other one or of the whole label; never raises.

    A box is usable when it has at least four points, each of two finite numbers within a million.
    """
    boxes, problems = numbered_boxes(label)
    return [box for _, box in boxes], problems


def numbered_boxes(label: str) -> tuple[list[NumberedBox], list[Problem]]:
    """`parse_boxes` with the place of each box."""
    boxes: list[NumberedBox] = []
    problems: list[Problem] = []
    try:
        items = items_of(label)
    except Refused as error:
        return boxes, [error.args]
    for number, item in enumerate(items, 1):
        try:
            boxes.append(NumberedBox(number, _box(item)))
        except Refused as error:
            code, message = error.args
            problems.append((code, f"box {number}: {message}"))
    return boxes, problems


def read_boxes(row: Row, list_file: Path) -> list[Box]:
    """The boxes of a row of a list.

    Raises:
        DataError: the label is no JSON list of usable boxes; names file:line and the first three problems.
    """
    boxes, problems = parse_boxes(row.text)
    if problems:
        text = "; ".join(message for _, message in problems[:3])
        more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
        fix = f"correct or remove line {row.line} of {list_file}"
        raise DataError(f"{list_file}:{row.line}: {row.image!r}: {text}{more}", fix=fix)
    return boxes


def boxes_text(boxes: Iterable[Box]) -> str:
    """The label of these boxes as PaddleX's lists have it: JSON on one line, non-ASCII characters kept."""
    text = json.dumps([{"transcription": box.text, "points": box.points} for box in boxes], ensure_ascii=False)
    return utf8_safe(text)


def _box(item: Any) -> Box:
    if type(item) is RepeatedKeys:
        raise Refused("boxes_wrong_shape", f"transcription or points stand several times in it: {shortened(item)}")
    if type(item) is not dict:
        raise Refused("boxes_wrong_shape", f"expected an object of transcription and points, got {shortened(item)}")
    for key in KEYS:
        if key not in item:
            raise Refused("boxes_wrong_shape", f"no key {key!r} in {shortened(item)}")
    text = item["transcription"]
    if type(text) is not str:
        raise Refused("boxes_wrong_shape", f"expected a string as transcription, got {shortened(text)}")
    return Box(text, _points(item["points"]))


def _points(value: Any) -> tuple[tuple[float, float], ...]:
    if type(value) is not list:
        raise _wrong_shape(value)
    points = []
    within = True
    for point in value:
        if type(point) is not list or len(point) != 2:
            raise _wrong_shape(value)
        x, y = point
        if type(x) not in _NUMBERS or type(y) not in _NUMBERS:
            raise _wrong_shape(value)
        within = within and -MAX_COORDINATE <= x <= MAX_COORDINATE and -MAX_COORDINATE <= y <= MAX_COORDINATE
        points.append((x, y))
    if not within:
        raise _beyond(points)
    if len(points) < MIN_POINTS:
        message = f"expected {MIN_POINTS} points at least, got {len(points)}: {shortened(value)}"
        raise Refused("polygon_too_few_points", message)
    return tuple(points)


def _wrong_shape(value: Any) -> Refused:
    return Refused("polygon_wrong_shape", f"expected points as [[x, y], ...], got {shortened(value)}")


def _beyond(points: list[tuple[float, float]]) -> Refused:
    """Which numbers are no coordinates; integers may be too large to be a float."""
    if any(isinstance(number, float) and not isfinite(number) for point in points for number in point):
        return Refused("polygon_not_finite", f"expected finite numbers, got {shortened(points)}")
    return Refused("polygon_huge", f"expected pixels within a million, got {shortened(points)}")
