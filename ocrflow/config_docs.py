"""The tables of docs/configuration.md, from the descriptions in `ocrflow.config`.

`python -m ocrflow.config_docs` prints them; they stand in the page between its two marker comments.
"""

from __future__ import annotations

import json
import typing
from typing import Any

from pydantic.fields import FieldInfo

from ocrflow.config import RunConfig
from ocrflow.config_section import Section


def config_tables() -> str:
    """A Markdown heading and table a section: key, default, meaning. The keys of a section in a section are dotted."""
    tables = []
    for name, field in RunConfig.model_fields.items():
        rows = _rows("", field.annotation) if _is_section(field.annotation) else [_row("any key", field)]
        tables.append("\n".join([f"### {name}", "", "| key | default | meaning |", "|---|---|---|", *rows]))
    return "\n\n".join(tables) + "\n"


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)


def _rows(prefix: str, section: Any) -> list[str]:
    rows = []
    for name, field in section.model_fields.items():
        key = f"{prefix}{name}"
        rows += _rows(f"{key}.", field.annotation) if _is_section(field.annotation) else [_row(f"`{key}`", field)]
    return rows


def _row(key: str, field: FieldInfo) -> str:
    default = "null" if field.default is None else _text(field.default)
    words = "/".join(typing.get_args(field.annotation)) if typing.get_origin(field.annotation) is typing.Literal else ""
    meaning = f"{field.description}; one of {words}" if words else field.description
    return f"| {key} | `{default}` | {meaning} |"


def _text(value: Any) -> str:
    """A value as one writes it in YAML."""
    return value if isinstance(value, str) else json.dumps(value)


if __name__ == "__main__":
    print(config_tables(), end="")
