"""The `-o Section.key=value` overrides. A value is YAML and nothing in it is ever run."""

from __future__ import annotations

import types
import typing
from typing import Any

import yaml
from pydantic import BaseModel

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.models import nearest

KEYS_PAGE = "docs/configuration.md"
NULLS = ("null", "Null", "NULL", "~")

Kinds = tuple[Any, ...]  # the types that a key takes


def apply(values: dict[str, Any], override: str) -> None:
    """Set `A.b.c=value` in the nested `values`.

    Where the key takes text the value stays as it was typed, unless it is in quotes. An empty value is null where the
    key takes null.

    Raises:
        UsageError: no `=`, an unknown key, or a value that is not YAML.
    """
    key, equals, text = override.partition("=")
    path = key.split(".")
    if not equals or len(path) < 2 or not all(path):
        raise UsageError(f"-o {override}: expected Section.key=value", fix="e.g. -o Train.epochs_iters=10")
    kinds = _kinds_of(path, override)
    node = values
    for name in path[:-1]:
        if not isinstance(node.get(name), dict):
            node[name] = {}
        node = node[name]
    node[path[-1]] = _value(text, kinds, override)


def fields_of(kinds: Kinds) -> dict[str, Any]:
    """The keys of the section among `kinds`; none if there is no section."""
    section = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    return section.model_fields if section else {}


def kinds_of_field(annotation: Any) -> Kinds:
    """The types of a union, without the limits on them."""
    is_union = typing.get_origin(annotation) in (types.UnionType, typing.Union)
    kinds = typing.get_args(annotation) if is_union else (annotation,)
    return tuple(typing.get_args(kind)[0] if typing.get_origin(kind) is typing.Annotated else kind for kind in kinds)


def _kinds_of(path: list[str], override: str) -> Kinds:
    """The types that a key takes; an error that names the nearest key when there is none."""
    kinds: Kinds = (RunConfig,)
    for place, name in enumerate(path):
        if any(typing.get_origin(kind) is dict for kind in kinds):
            return (Any,)
        fields = fields_of(kinds)
        if name not in fields:
            key = ".".join(path[: place + 1])
            guess = nearest(name, fields)
            raise UsageError(f"-o {override}: unknown key {key}{guess}", fix=f"see the keys in {KEYS_PAGE}")
        kinds = kinds_of_field(fields[name].annotation)
    return kinds


def _value(text: str, kinds: Kinds, override: str) -> Any:
    stripped = text.strip()
    if not stripped or stripped in NULLS:
        return None if stripped or types.NoneType in kinds else ""
    takes_text = any(kind is str or typing.get_origin(kind) is typing.Literal for kind in kinds)
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2024-99-99
        if takes_text:
            return text
        raise UsageError(f"-o {override}: the value is not YAML", fix="give a number, true, false or null") from error
    is_quoted = stripped.startswith(("'", '"'))
    keeps_text = takes_text and (not is_quoted if isinstance(value, str) else type(value) not in kinds)
    return text if keeps_text else value
