"""Reading values out of foreign label files without trusting them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ocrflow.data.importers.sample import Points

MAX_JSON_BYTES = 2**30


class BadContent(Exception):
    """What is wrong with a piece of a label file, as the message of a Problem; never leaves a parser."""


def brief(value: object) -> str:
    """The value as Python writes it, cut to about 80 characters, for a message."""
    text = repr(value[:80]) if isinstance(value, str) else repr(value) if is_small(value) else f"a {kind(value)}"
    return text if len(text) <= 90 else text[:80] + "..."


def is_small(value: object) -> bool:
    """Whether writing the value out costs nothing: no container in a container, no number of many digits."""
    if isinstance(value, dict | list | tuple):
        items = value.values() if isinstance(value, dict) else value
        return len(value) < 20 and all(not isinstance(item, dict | list | tuple) and is_small(item) for item in items)
    return not isinstance(value, int) or value.bit_length() < 64


def kind(value: object) -> str:
    """The JSON name of a value's type."""
    names = {dict: "object", list: "list", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def read_json(path: Path) -> Any:
    """The content of a UTF-8 JSON file (a BOM is skipped), read whole.

    Raises:
        BadContent: it cannot be read, is larger than 1 GiB, is not UTF-8, is not JSON, or is nested too deeply.
    """
    try:
        if not path.is_file():
            raise BadContent("expected a JSON file, got a folder or a special file")
        if path.stat().st_size > MAX_JSON_BYTES:
            raise BadContent(f"the file has {path.stat().st_size / 1e6:.0f} MB, at most 1074 are read: split it")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadContent(f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadContent(f"is not UTF-8 at byte {error.start}: save it as UTF-8") from error
    except RecursionError as error:
        raise BadContent("JSON that is nested too deeply") from error
    except ValueError as error:
        raise BadContent(f"is not JSON: {str(error)[:120]}") from error


def number(value: object) -> float | None:
    """The finite number that a JSON number or a string of one says, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def numbers(*values: object) -> tuple[float, ...]:
    """All values as finite numbers.

    Raises:
        BadContent: one of them is not.
    """
    found = tuple(number(value) for value in values)
    for value, given in zip(found, values, strict=True):
        if value is None:
            raise BadContent(f"expected finite numbers, got {brief(given)}")
    return found  # type: ignore[return-value]  # None was refused above


def pairs(value: object) -> Points:
    """A list of [x, y] as points.

    Raises:
        BadContent: it is none, or a coordinate is not finite.
    """
    if not isinstance(value, list):
        raise BadContent(f"expected a list of [x, y] points, got {brief(value)}")
    points = []
    for point in value:
        if not isinstance(point, list) or len(point) != 2:
            raise BadContent(f"expected a point [x, y], got {brief(point)}")
        x, y = numbers(*point)
        points.append((x, y))
    return tuple(points)


def flat_pairs(value: object) -> Points:
    """A list x1, y1, x2, y2, ... as points.

    Raises:
        BadContent: it is none, its length is odd, or a coordinate is not finite.
    """
    if not isinstance(value, list) or len(value) % 2:
        raise BadContent(f"expected a list x1, y1, x2, y2, ..., got {brief(value)}")
    found = numbers(*value)
    return tuple(zip(found[::2], found[1::2], strict=True))


def polygon(points: Points) -> Points:
    """The points, if there are 3 at least.

    Raises:
        BadContent: there are fewer.
    """
    if len(points) < 3:
        raise BadContent(f"a polygon of {len(points)} points, expected 3 at least")
    return points


def text_of(value: object) -> str:
    """A string that can be written as UTF-8.

    Raises:
        BadContent: it is another type, or holds half of a surrogate pair.
    """
    if not isinstance(value, str):
        raise BadContent(f"expected a text, got {brief(value)}")
    if not is_text(value):
        raise BadContent(f"half of a surrogate pair in the text {brief(value)}")
    return value


def is_text(value: str) -> bool:
    """Whether the string can be written as UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
