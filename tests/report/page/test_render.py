"""Filling templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from ocrflow.report.page.render import render


def test_values_are_escaped_and_the_base_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html.j2").write_text(
        '{% extends "base.html.j2" %}{% block main %}{{ x|twice }}{{ y }}{% endblock %}'
    )
    html = render("a.html.j2", {"x": "<b>", "y": Markup("<i>")}, {"twice": lambda value: value * 2}, tmp_path)
    assert "&lt;b&gt;&lt;b&gt;<i>" in html and "default-src 'none'" in html and "prefers-color-scheme: dark" in html


def test_bytes_of_a_name_and_missing_values(tmp_path: Path) -> None:
    (tmp_path / "a.html.j2").write_text("{{ x }}")
    assert render("a.html.j2", {"x": "a\udcff"}, folder=tmp_path) == "a\\udcff"
    with pytest.raises(UndefinedError):
        render("a.html.j2", {}, folder=tmp_path)
