"""The JSON text of a detection label as Python values, whatever the text is, and values as short text for messages."""

from __future__ import annotations

import json
from typing import Any

KEYS = ("transcription", "points")
_SHOWN = 80
_LONGEST_INTEGER = 400  # digits; Python refuses to read some thousand
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class Refused(Exception):
    """Carries fault code and message of what is wrong with a label or a box."""


class RepeatedKeys(dict[str, Any]):
    """A JSON object with `transcription` or `points` several times; of equal keys the last counts."""


def items_of(label: str) -> list[Any]:
    """The list that the JSON text is; what its items are is not looked at.

    Raises:
        Refused: no JSON, or no list.
    """
    if not label.strip():
        raise Refused("boxes_not_json", "expected a JSON list, got an empty label")
    try:
        items = _parsed(label)
        if type(items) is list and any(label.count(f'"{key}"') != len(items) for key in KEYS):
            items = _parsed(label, object_pairs_hook=_marked)
    except json.JSONDecodeError as error:
        raise Refused("boxes_not_json", _syntax(error)) from None
    except RecursionError:
        raise Refused("boxes_not_json", "nested too deeply") from None
    if type(items) is not list:
        raise Refused("boxes_wrong_shape", f"expected a list of boxes, got {shortened(items)}")
    return items


def _parsed(label: str, **hooks: Any) -> Any:
    """`json.loads`, with integers of thousands of digits as huge ones instead of an error."""
    try:
        return json.loads(label, **hooks)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(label, parse_int=lambda digits: int(digits[:_LONGEST_INTEGER]), **hooks)


def _syntax(error: json.JSONDecodeError) -> str:
    found = repr(error.doc[error.pos]) if error.pos < len(error.doc) else "the end"
    hint = " (JSON has double quotes)" if found == '"\'"' else ""
    start = max(0, error.pos - _SHOWN // 2)
    context = ("..." if start else "") + error.doc[start:]
    return f"column {error.pos + 1}: {error.msg}, got {found}{hint}: {shortened_text(context)}"


def _marked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, of another class when a key of a box occurs several times in it."""
    names = [name for name, _ in pairs]
    return RepeatedKeys(pairs) if any(names.count(key) > 1 for key in KEYS) else dict(pairs)


def shortened(value: Any) -> str:
    """The JSON of a value, cut after 80 characters however large or deep the value is."""
    text = ""
    for chunk in _ENCODER.iterencode(value):
        text += chunk[: _SHOWN + 1]
        if len(text) > _SHOWN:
            break
    return shortened_text(text)


def shortened_text(text: str) -> str:
    """At most 80 characters of a text, with an escape for what UTF-8 cannot hold."""
    return utf8_safe(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")


def utf8_safe(text: str) -> str:
    """Lone surrogates as \\udc80, which is their JSON too."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
