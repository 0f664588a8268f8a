"""The boxes of a picture as PPOCRLabel writes them: a JSON list of `{"transcription", "points", "difficult"}`."""

from __future__ import annotations

import json
from typing import Any

from ocrflow.data.importers.sample import IGNORED, Annotation

PLACEHOLDERS = ("待识别", "TEMPORARY")  # PPOCRLabel's text of a new box until somebody types another


def looks_like_boxes(label: str) -> bool:
    """Whether a label is a JSON list of objects, or an empty one, at first sight."""
    compact = "".join(label[:20].split())
    return compact.startswith("[{") or compact == "[]"


def read_annotations(label: str) -> tuple[Annotation, ...]:
    """The boxes of a label; those called difficult, as older versions do, become ###.

    Raises:
        ValueError: it has not the form that PPOCRLabel writes; the text says where.
    """
    try:
        items = json.loads(label)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: column {error.colno} of the label: {error.msg}: {label[:80]!r}") from None
    except RecursionError:
        raise ValueError("not JSON: nested too deeply") from None
    if not isinstance(items, list):
        raise ValueError(f"expected a JSON list of boxes, got {label[:80]!r}")
    return tuple(_annotation(number, item) for number, item in enumerate(items, 1))


def placeholder_message(text: str) -> str:
    """What is wrong with a text that nobody typed."""
    return f"the text is still PPOCRLabel's placeholder {text!r}; type what the picture says"


def _annotation(number: int, item: Any) -> Annotation:
    where = f"box {number}"
    if not isinstance(item, dict) or not isinstance(item.get("transcription"), str):
        raise ValueError(f"{where}: expected an object with a text as transcription, got {_shown(item)}")
    text, points = item["transcription"], item.get("points")
    if not isinstance(points, list) or not all(_is_point(point) for point in points):
        raise ValueError(f"{where}: expected points as [[x, y], ...], got {_shown(points)}")
    if text in PLACEHOLDERS:
        raise ValueError(f"{where}: {placeholder_message(text)}")
    return Annotation(IGNORED if item.get("difficult") is True else text, tuple((x, y) for x, y in points))


def _is_point(point: Any) -> bool:
    return isinstance(point, list) and len(point) == 2 and all(type(value) in (int, float) for value in point)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]
