"""What an expectation means, as a sentence in Great Expectations' words."""

from __future__ import annotations

import re
from typing import Any

from ocrflow.expectations.suite import Entry

_PARAMETER = re.compile(r"\$(\w+)")
_CONDITIONS = re.compile(r"\$row_condition__\d+(\W|and|or|\$row_condition__\d+)*(?=, then)")  # the parts of a condition
_GENERIC = "$expectation_type"  # of a kind that has no sentence of its own
_SHORTER = {"greater than or equal to": "at least", "less than or equal to": "at most", "then Must": "then must"}


def sentence(entry: Entry, result: Any) -> str:
    """The sentence that Great Expectations renders with the values filled in; the arguments where it has none."""
    result.render()
    for content in result.expectation_config.rendered_content or []:
        template = getattr(content.value, "template", None)
        if template and _GENERIC not in template:
            parameters = {name: item.get("value") for name, item in (content.value.params or {}).items()}
            return _filled(template, parameters, entry)
    return "; ".join(f"{key}: {shown(value)}" for key, value in entry.arguments.items())


def _filled(template: str, parameters: dict[str, Any], entry: Entry) -> str:
    condition = entry.arguments.get("row_condition")

    def value_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if name.startswith("row_condition") and isinstance(condition, str):
            return condition
        return shown(parameters[name]) if name in parameters else match.group(0)

    for words, fewer in _SHORTER.items():
        template = template.replace(words, fewer)
    return _PARAMETER.sub(value_of, _CONDITIONS.sub("$row_condition__0", template)).strip()


def shown(value: Any, limit: int = 120) -> str:
    """A value for people: whole numbers without a fraction, long texts cut."""
    if isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, list):
        text = ", ".join(f"({shown(item)})" if isinstance(item, list) else shown(item) for item in value)
    elif isinstance(value, dict):
        text = "; ".join(f"{str(key).replace('_', ' ')}: {shown(item)}" for key, item in value.items())
    else:
        text = str(value)
    return text if len(text) <= limit else f"{text[:limit]}…"
