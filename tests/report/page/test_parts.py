"""Results that may be missing or damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.report.page.parts import Lines, read_part, read_tables, tolerant


@pytest.mark.parametrize(
    ("text", "state", "reason"),
    [
        (None, "not run yet", "not run yet: ocrflow check-dataset"),
        ('{"done_flag": true, "faults": {"a": 1}, "made_of": 5}', "done", ""),
        ('{"done_flag": false, "err_msg": "first\\nsecond"}', "failed", "the stage check_dataset failed: first"),
        ("{}", "failed", "the stage check_dataset failed: it did not end"),
        ("[]", "damaged", "expected a JSON object, got list"),
        ('{"done_', "damaged", "check_dataset_result.json cannot be read"),
        ("[" * 100_000, "damaged", "cannot be read"),
    ],
)
def test_states(tmp_path: Path, text: str | None, state: str, reason: str) -> None:
    if text is not None:
        (tmp_path / "check_dataset_result.json").write_text(text)
    part = read_part(tmp_path, "check_dataset")
    assert part.state == state and reason in part.reason
    assert (part.done, part.absent) == (state == "done", text is None)
    assert part.get("made_of") == {}


def test_lines_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    assert list(Lines(path)) == []
    path.write_bytes(b'{"a": 1}\n\n[2]\nnonsense\n\xff\xfe\n{"a": 2}')
    lines = Lines(path)
    assert list(lines) == [{"a": 1}, {"a": 2}] and (lines.read, lines.damaged) == (2, 3)
    assert len(list(lines)) == 2 and lines.read == 2, "a second time it starts anew"


def test_tables_of_another_form(tmp_path: Path) -> None:
    assert read_tables(tmp_path / "gone.json") == {}
    assert tolerant(lambda tables: str(tables["rows"]["x"]), "nothing")({"rows": 5}) == "nothing"
    assert tolerant(lambda tables: str(tables["rows"]), "nothing")({"rows": 5}) == "5"
