"""Filling the templates of the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def render(
    template: str,
    context: Mapping[str, Any],
    filters: Mapping[str, Callable[..., Any]] | None = None,
    folder: Path = FOLDER,
) -> str:
    """The HTML of a template, which may extend `base.html.j2`; every value is escaped unless it is Markup.

    Args:
        template: its file name in `folder`.
        context: what the template names.
        filters: its own filters by name.

    Returns:
        Text that UTF-8 can hold: what Python has for bytes of a file name that are not UTF-8 is escaped.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([folder, FOLDER]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= filters or {}
    return environment.get_template(template).render(context).encode("utf-8", "backslashreplace").decode("utf-8")
