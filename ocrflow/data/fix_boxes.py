"""Correcting detection labels: texts and numbers, points that were drawn before EXIF turned the image, polygons.

A box that cannot be used (`ocrflow.data.boxes`) stays as it is, and so does every key that is not corrected.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from ocrflow.data.box_json import Refused, items_of, shortened, utf8_safe
from ocrflow.data.boxes import numbered_boxes
from ocrflow.data.polygons import Points, area, bounds, clipped, clockwise_from_top_left, self_intersects

Tell = Callable[[str, str, str | None], None]
"""Called with rule, before and after of each change."""

_NUMBER = re.compile(r"\s*[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})\s*", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{300}")
_LARGEST = 1e15
_MIN_AREA = 0.5  # square pixels
_TURN: dict[int, Callable[[float, float, float, float], tuple[float, float]]] = {  # of x, y in a w x h image, by EXIF
    2: lambda x, y, w, h: (w - x, y),
    3: lambda x, y, w, h: (w - x, h - y),
    4: lambda x, y, w, h: (x, h - y),
    5: lambda x, y, w, h: (y, x),
    6: lambda x, y, w, h: (h - y, x),
    7: lambda x, y, w, h: (h - y, w - x),
    8: lambda x, y, w, h: (y, w - x),
}


def corrected_values(label: str, tell: Tell) -> str:
    """The label with texts in NFC, and with coordinates as numbers where they are texts that say numbers."""
    items = _items(label)
    changed = False
    for item in items:
        changed |= _text_in_nfc(item, tell) | _numbers_for_texts(item, tell)
    return _label(items) if changed else label


def turned_label(label: str, size: tuple[int, int], orientation: int, tell: Tell) -> str:
    """The label with all polygons turned as the EXIF orientation turns the image, each from its new top left.

    Args:
        label: drawn on the stored pixels.
        size: width and height of the stored image in pixels.
        orientation: 2..8.
        tell: takes the changes.
    """
    items = _items(label)
    if not items:
        return label
    turn = _TURN[orientation]
    for item, points in _usable(label, items):
        turned = clockwise_from_top_left([turn(x, y, *size) for x, y in points])
        _replace(item, turned, "exif_polygons", tell)
    return _label(items)


def corrected_polygons(label: str, size: tuple[int, int] | None, tell: Tell) -> str:
    """The label with clockwise polygons inside of the image, none of them twice.

    Left as they are: polygons that lie outside, have no area or cross themselves, and clockwise ones that start
    elsewhere than at the top left, which may say how the text is turned.

    Args:
        label: as `corrected_values` gives it.
        size: width and height of the image in pixels as training sees it; None when they are unknown.
        tell: takes the changes.
    """
    items = _items(label)
    changed = False
    seen: set[str] = set()
    repeated: set[int] = set()
    for item, points in _usable(label, items):
        if not self_intersects(points):
            changed |= _ordered(item, points, tell)
            changed |= size is not None and _cut(item, size, tell)
        identity = json.dumps(item | {"points": sorted(item["points"])}, sort_keys=True)
        if identity in seen:
            repeated.add(id(item))
            tell("polygon_duplicate", shortened(item), None)
        seen.add(identity)
    return _label([item for item in items if id(item) not in repeated]) if changed or repeated else label


def _items(label: str) -> list[Any]:
    """The boxes as JSON values; none when the label is no list, or has numbers that would be written otherwise."""
    try:
        items = [] if _LONG_NUMBER.search(label) else items_of(label)
        json.dumps(items, allow_nan=False)
    except (Refused, ValueError, RecursionError):
        return []
    return items


def _usable(label: str, items: list[Any]) -> Iterator[tuple[Any, Points]]:
    """Each item that is a usable box, with its points."""
    if items:
        for number, box in numbered_boxes(label)[0]:
            yield items[number - 1], box.points


def _text_in_nfc(item: Any, tell: Tell) -> bool:
    text = item.get("transcription") if type(item) is dict else None
    if type(text) is not str or unicodedata.is_normalized("NFC", text):
        return False
    item["transcription"] = unicodedata.normalize("NFC", text)
    tell("nfc", utf8_safe(text), utf8_safe(item["transcription"]))
    return True


def _numbers_for_texts(item: Any, tell: Tell) -> bool:
    points = item.get("points") if type(item) is dict else None
    if type(points) is not list or not all(type(point) is list and len(point) == 2 for point in points):
        return False
    values = [[_as_number(value) for value in point] for point in points]
    if values == points or any(value is None for point in values for value in point):
        return False
    before = shortened(points)
    item["points"] = values
    tell("polygon_numbers", before, shortened(values))
    return True


def _as_number(value: Any) -> float | None:
    """A number, or the number that a text says; None for anything else."""
    if type(value) is str and _NUMBER.fullmatch(value):
        return _plain(float(value))
    return value if type(value) in (int, float) and abs(value) <= _LARGEST else None


def _ordered(item: Any, points: Points, tell: Tell) -> bool:
    if area(points) > -_MIN_AREA:
        return False
    _replace(item, clockwise_from_top_left(points), "polygon_order", tell)
    return True


def _cut(item: Any, size: tuple[int, int], tell: Tell) -> bool:
    points = [(x, y) for x, y in item["points"]]
    left, top, right, bottom = bounds(points)
    if left >= 0 and top >= 0 and right <= size[0] and bottom <= size[1]:
        return False
    inside = [(_rounded(x), _rounded(y)) for x, y in clipped(points, *size)]
    if len(inside) < 4 or area(inside) < _MIN_AREA or self_intersects(inside):
        return False
    _replace(item, inside, "polygon_clipped", tell)
    return True


def _replace(item: Any, points: Points, rule: str, tell: Tell) -> None:
    before = shortened(item["points"])
    item["points"] = [[_plain(x), _plain(y)] for x, y in points]
    tell(rule, before, shortened(item["points"]))


def _rounded(value: float) -> float:
    """A coordinate with two decimals, enough for any pixel."""
    return round(value, 2)


def _plain(value: float) -> float:
    """An int where the number is whole."""
    return int(value) if value == int(value) else value


def _label(items: list[Any]) -> str:
    return utf8_safe(json.dumps(items, ensure_ascii=False))
