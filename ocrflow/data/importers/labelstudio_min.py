"""Rows of Label Studio's JSON-MIN export, which keeps each field's results apart: a list of boxes, one of texts.

Which text belongs to which box shows only in their order, so it is read only when that leaves no doubt. A list with one
text is a text; a text of several lines is an object with a list of them. The fields of an annotation stand between the
keys "id" and "annotator".
"""

from __future__ import annotations

from typing import Any

from ocrflow.data.importers.content import BadContent, brief
from ocrflow.data.importers.labelstudio_region import Region, size_of
from ocrflow.data.importers.labelstudio_task import has_place
from ocrflow.data.importers.labelstudio_urls import may_name_a_picture
from ocrflow.data.importers.rules import text_name

_FIX = "export as JSON instead of JSON-MIN"


def regions_of_row(row: dict[str, Any]) -> list[Region]:
    """The regions of a row.

    Raises:
        BadContent: it does not show which text belongs to which box.
    """
    fields = _fields(row)
    lists = {name: value for name, value in fields.items() if _is_places(value)}
    labels = {name: value for name, value in lists.items() if all("labels" in one for one in value)}
    shapes = _shapes({name: value for name, value in lists.items() if name not in labels}, labels)
    texts = _texts(fields)
    if texts and len(texts) != len(shapes):
        raise BadContent(f"{len(texts)} texts for {len(shapes)} boxes, so whose they are is unknown: {_FIX}")
    classes: list[Any] = next((value for value in labels.values() if len(value) == len(shapes)), [{}] * len(shapes))
    return [
        _region(index, value, classes[index], texts[index] if texts else None) for index, value in enumerate(shapes)
    ]


def text_of_row(row: dict[str, Any]) -> object:
    """The only text of a row; None when there is none.

    Raises:
        BadContent: there are several.
    """
    texts = _texts(_fields(row))
    if len(texts) > 1:
        raise BadContent(f"{len(texts)} texts for one picture, expected one")
    return texts[0] if texts else None


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    names = list(row)
    start = names.index("id") + 1 if "id" in names else 0
    end = names.index("annotator") if "annotator" in names else len(names)
    return {
        name: row[name]
        for name in names[start:end]
        if not (isinstance(row[name], str) and may_name_a_picture(row[name], usual=False))
    }


def _is_places(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(has_place(one) and "text" not in one for one in value)


def _shapes(drawn: dict[str, list[Any]], labels: dict[str, list[Any]]) -> list[Any]:
    """All shapes in the order in which they were drawn.

    Of several kinds of shapes, only a list of labels shows their common order, when each shape has one.
    """
    if len(drawn) == 1:
        return next(iter(drawn.values()))
    total = sum(map(len, drawn.values()))
    found = [value for value in labels.values() if len(value) == total or not drawn]
    if drawn and not found:
        raise BadContent(f"shapes in the fields {brief(list(drawn))}, in no common order: {_FIX}")
    return found[0] if found else []


def _texts(fields: dict[str, Any]) -> list[object]:
    """The texts of the field named like one, or of the only field of texts."""
    found = {name: value for name, value in fields.items() if _is_texts(value)}
    name = text_name(found) or (next(iter(found)) if len(found) == 1 else None)
    if name is None and found:
        raise BadContent(f"several fields of texts, {brief(list(found))}: name the right one transcription")
    value = found[name] if name else []
    return value if isinstance(value, list) else [value]


def _is_texts(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, str) or (isinstance(one, dict) and "text" in one) for one in value)
    return isinstance(value, str)


def _region(index: int, value: dict[str, Any], labels: dict[str, Any], text: object) -> Region:
    kind = "polygon" if "points" in value else "rectangle" if "width" in value else "brush"
    found = [(labels | value)[key] for key in labels | value if key.endswith("labels")]
    classes = [one for names in found if isinstance(names, list) for one in names]
    region = Region(f"[{index}]", value, size_of(value), kind=kind, classes=classes)
    if isinstance(text, dict):
        region.texts["text"] = text["text"] if isinstance(text["text"], list) else [text["text"]]
    elif text is not None:
        region.texts["text"] = [text]
    return region
