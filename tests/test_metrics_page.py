"""The examples of docs/metrics.md give what the page says, and it names every number."""

from __future__ import annotations

import doctest
from dataclasses import fields
from pathlib import Path

import pytest

from ocrflow.tasks.text_recognition.calibration import Calibration, ReliabilityBin, Threshold
from ocrflow.tasks.text_recognition.characters import CharacterRow, Confusion
from ocrflow.tasks.text_recognition.metric import score
from ocrflow.tasks.text_recognition.tables import LengthRow, Tables

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"


def test_the_examples() -> None:
    results = doctest.testfile(str(PAGE), module_relative=False)
    assert results.failed == 0 and results.attempted > 10


@pytest.mark.parametrize("table", [Tables, LengthRow, CharacterRow, Confusion, Calibration, ReliabilityBin, Threshold])
def test_every_key_is_explained(table: type) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [field.name for field in fields(table) if f"`{field.name}`" not in page] == []


def test_every_metric_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in score([("a b", "a b")]).plain if f"| `{name}` |" not in page] == []
