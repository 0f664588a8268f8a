"""The regions of a Label Studio annotation, in pixels and with their texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ocrflow.data.importers.content import BadContent, brief, number, numbers, pairs, polygon, text_of
from ocrflow.data.importers.drawn_size import Look, placed
from ocrflow.data.importers.labelstudio_task import has_place
from ocrflow.data.importers.rules import is_ignored, text_name
from ocrflow.data.importers.sample import IGNORED, Annotation, Points
from ocrflow.data.importers.shapes import from_top_left, rectangle, turned

_DRAWN = ("rectangle", "rectanglelabels", "polygon", "polygonlabels")
_OTHER_SHAPES = (
    *("brush", "ellipse", "keypoint", "bitmask", "vector", "magicwand", "videorectangle"),
    *("brushlabels", "ellipselabels", "keypointlabels", "bitmasklabels", "vectorlabels"),
)


@dataclass
class Region:
    """What an annotator drew at one place.

    Attributes:
        key: its id.
        value: where it is, in percent; None when only a shape that encloses no text was drawn.
        size: width and height of the picture in pixels as the annotator's browser saw it; None when unknown.
        page: index of the picture, of a task with several.
        texts: its texts by the name of their field.
        classes: its labels.
        kind: the type of what was drawn.
    """

    key: str
    value: dict[str, Any] | None = None
    size: tuple[float, float] | None = None
    page: int = 0
    texts: dict[str, list[object]] = field(default_factory=dict)
    classes: list[object] = field(default_factory=list)
    kind: str = ""


def regions_of_result(result: Iterable[object]) -> list[Region]:
    """The regions of an annotation's results; results without a place, such as choices for the whole picture, are none.

    Raises:
        BadContent: a result is no object.
    """
    regions: dict[str, Region] = {}
    for index, item in enumerate(result):
        if not isinstance(item, dict):
            raise BadContent(f"expected result objects, got {brief(item)}")
        kind, value = item.get("type"), item.get("value")
        if isinstance(kind, str) and (has_place(value) or kind in _OTHER_SHAPES):
            key = item["id"] if isinstance(item.get("id"), str) else f"[{index}]"
            _take(regions.setdefault(key, Region(key)), item, kind, value if isinstance(value, dict) else {})
    for item in result:
        _take_meta(item, regions)
    return list(regions.values())


def _take(region: Region, item: dict[str, Any], kind: str, value: dict[str, Any]) -> None:
    """Add one result to its region; what was drawn wins over the copies of its place in other results."""
    if kind in _OTHER_SHAPES or not region.kind or (kind in _DRAWN and region.kind not in _OTHER_SHAPES):
        region.kind, region.value = kind, value
    region.size = region.size or size_of(item)
    page = item.get("item_index")
    region.page = page if isinstance(page, int) and 0 <= page < 10_000 else region.page
    if kind == "textarea":
        region.texts.setdefault(str(item.get("from_name")), []).extend(_listed(value.get("text")))
    region.classes += _listed(value.get(kind)) if kind.endswith("labels") else []


def _take_meta(item: Any, regions: dict[str, Region]) -> None:
    """A textarea without a place belongs to the region of its id; a note on a region stands in for a text."""
    region = regions.get(item["id"]) if isinstance(item.get("id"), str) else None
    if region is None:
        return
    value, meta = item.get("value"), item.get("meta")
    if item.get("type") == "textarea" and isinstance(value, dict) and not has_place(value):
        region.texts.setdefault(str(item.get("from_name")), []).extend(_listed(value.get("text")))
    if isinstance(meta, dict) and meta.get("text") and not any(region.texts.values()):
        region.texts["meta"] = _listed(meta["text"])


def size_of(item: dict[str, Any]) -> tuple[float, float] | None:
    """Width and height in pixels of the picture that a result was drawn on."""
    width, height = number(item.get("original_width")), number(item.get("original_height"))
    return (width, height) if width and height and min(width, height) > 0 else None


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def annotation_of(region: Region, look: Look | None) -> Annotation:
    """The region in pixels of the picture as shown.

    Raises:
        BadContent: it is no rectangle or polygon, has several texts, or its picture's size is unknown or differs.
    """
    if region.kind in _OTHER_SHAPES or region.value is None:
        raise BadContent(f"the shape type {brief(region.kind)} encloses no text: draw a rectangle or a polygon")
    size = region.size or (look.shown if look else None)
    if size is None:
        raise BadContent("the size of the picture is unknown, so percentages mean nothing")
    points = placed(_points(region.value, *size), size, look, scale=True)
    return Annotation(IGNORED if any(map(is_ignored, region.classes)) else one_text(region.texts), points)


def _points(value: dict[str, Any], width: float, height: float) -> Points:
    if "points" in value:
        percent = polygon(pairs(value["points"]))
        return from_top_left(tuple((x / 100 * width, y / 100 * height) for x, y in percent))
    x, y, across, down = numbers(*(value.get(key) for key in ("x", "y", "width", "height")))
    (rotation,) = numbers(value.get("rotation") or 0)
    left, top = x / 100 * width, y / 100 * height
    box = rectangle(left, top, left + across / 100 * width, top + down / 100 * height)
    return turned(box, (left, top), rotation)


def one_text(texts: dict[str, list[object]]) -> str:
    """The transcription: of the field named like one, or of the only field; empty when there is none.

    Raises:
        BadContent: there are several.
    """
    filled = {name: [item for item in found if item not in ("", None)] for name, found in texts.items()}
    filled = {name: found for name, found in filled.items() if found}
    name = text_name(filled) or next(iter(filled), None)
    if name is None:
        return ""
    if len(filled) > 1 and text_name(filled) is None:
        raise BadContent(f"several text fields, {brief(list(filled))}: name the right one transcription")
    if len(filled[name]) > 1:
        raise BadContent(f"{len(filled[name])} texts, expected one: {brief(filled[name])}")
    return text_of(filled[name][0])


def text_of_result(result: Iterable[object]) -> str | None:
    """The text of the whole picture in an annotation's results; None when there is none.

    Raises:
        BadContent: there are several.
    """
    texts: dict[str, list[object]] = {}
    for item in result:
        if isinstance(item, dict) and item.get("type") == "textarea" and isinstance(item.get("value"), dict):
            texts.setdefault(str(item.get("from_name")), []).extend(_listed(item["value"].get("text")))
    return one_text(texts) or None
