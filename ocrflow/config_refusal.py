"""What a user is told about values that the configuration refuses."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ocrflow.config import RunConfig
from ocrflow.config_override import Kinds, fields_of, kinds_of_field
from ocrflow.models import nearest

SHOWN = 80  # characters of a refused value


def explain(error: ValidationError) -> str:
    """All that is wrong: the nearest key for an unknown one, else what was expected and what was found."""
    unknown: list[str] = []
    expected: dict[str, list[str]] = {}
    got: dict[str, str] = {}
    for problem in error.errors():
        path = [str(part) for part in problem["loc"]]
        key, fields = _resolve(path)
        if problem["type"] == "extra_forbidden":
            unknown.append(f"unknown key {'.'.join(path)}{nearest(path[-1], fields)}")
            continue
        expected.setdefault(key, []).append(_wish(problem["msg"]))
        got[key] = _shortened(problem["input"])
    wrong = [f"{key}: expected {' or '.join(texts)}, got {got[key]}" for key, texts in expected.items()]
    return "; ".join(unknown + wrong)


def _resolve(path: list[str]) -> tuple[str, dict[str, Any]]:
    """The longest start of `path` that is a key, and the keys below it. Pydantic adds the members of unions."""
    kinds: Kinds = (RunConfig,)
    for place, name in enumerate(path):
        fields = fields_of(kinds)
        if name not in fields:
            return ".".join(path[:place]) or path[0], fields
        kinds = kinds_of_field(fields[name].annotation)
    return ".".join(path), fields_of(kinds)


def _wish(message: str) -> str:
    """Pydantic's sentence without its start and without the details of parsing."""
    for start in ("Input should be ", "String should have "):
        message = message.removeprefix(start)
    return message.split(", unable")[0]


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
