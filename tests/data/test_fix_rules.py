"""The rules of `ocrflow data fix`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocrflow.data.fix_rules import RULES, Change, FixLog

DOC = Path(__file__).parents[2] / "docs" / "fix.md"


def test_the_page_has_every_rule_with_its_meaning() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(rows) == RULES


def test_changes_are_counted_in_the_order_of_the_rules() -> None:
    log = FixLog()
    log.add("nfc", "train.txt", 3, "a", "b", "a.png")
    log.add("bom", "train.txt", 1, None, None)
    log.add("nfc", "val.txt", 4, "a", "b")
    assert list(log.counts().items()) == [("bom", 1), ("nfc", 2)]
    assert log.changes[0] == Change("train.txt", 3, "a.png", "nfc", "a", "b")


def test_only_known_rules_are_logged() -> None:
    with pytest.raises(KeyError):
        FixLog().add("guess", "train.txt", 1, None, None)
