"""One annotation of COCO-Text, TextOCR or COCO: its text and its corners."""

from __future__ import annotations

from typing import Any

from ocrflow.data.importers.content import BadContent, brief, flat_pairs, numbers, pairs, polygon, text_of
from ocrflow.data.importers.rules import is_ignored, text_name
from ocrflow.data.importers.sample import IGNORED, Points
from ocrflow.data.importers.shapes import from_top_left, middle, rectangle, turned

_TEXTOCR_ILLEGIBLE = "."


def carries_text(item: object) -> bool:
    """Whether a COCO annotation has a transcription."""
    return isinstance(item, dict) and _field(item) is not None


def annotation_of(item: dict[str, Any], *, is_coco: bool) -> tuple[str, Points]:
    """Text and points, in pixels.

    Args:
        item: the annotation.
        is_coco: of a COCO file, where a text may be missing; in COCO-Text that is a text that nobody could read.

    Raises:
        BadContent: its place or its text is of another form.
    """
    return _text(item, is_coco), _points(item)


def _field(item: dict[str, Any]) -> object:
    """The value of the field with the transcription; None without one."""
    attributes = item.get("attributes")
    for fields in (item, attributes if isinstance(attributes, dict) else {}):
        name = text_name(key for key, value in fields.items() if isinstance(value, str))
        if name is not None:
            return fields[name]
    return None


def _text(item: dict[str, Any], is_coco: bool) -> str:
    if is_coco:
        attributes = item.get("attributes")
        flags = [name for name, value in attributes.items() if value is True] if isinstance(attributes, dict) else []
        found = _field(item)
        return IGNORED if item.get("iscrowd") == 1 or any(map(is_ignored, flags)) else text_of(found or "")
    text = text_of(item.get("utf8_string") or "")
    illegible = item.get("legibility") == "illegible" or ("points" in item and text == _TEXTOCR_ILLEGIBLE)
    return IGNORED if illegible or not text else text


def _points(item: dict[str, Any]) -> Points:
    """The polygon if there is one, else the box."""
    points = item.get("points")
    if points:
        nested = isinstance(points, list) and isinstance(points[0], list)
        return polygon(pairs(points) if nested else flat_pairs(points))
    for name in ("mask", "polygon"):
        if item.get(name):
            return from_top_left(polygon(flat_pairs(item[name])))
    segments = item.get("segmentation")
    if isinstance(segments, list) and len(segments) == 1:
        return from_top_left(polygon(flat_pairs(segments[0])))
    return _box(item)


def _box(item: dict[str, Any]) -> Points:
    values = item.get("bbox")
    if not isinstance(values, list) or len(values) != 4:
        raise BadContent(f"expected bbox [x, y, width, height], got {brief(values)}")
    x, y, width, height = numbers(*values)
    if width < 0 or height < 0:
        raise BadContent(f"a box of {width:g} x {height:g} pixels")
    box = rectangle(x, y, x + width, y + height)
    attributes = item.get("attributes")
    rotation = attributes.get("rotation", 0) if isinstance(attributes, dict) else 0
    (degrees,) = numbers(rotation)
    return turned(box, middle(box), degrees)
