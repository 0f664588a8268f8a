"""The table of codes, its page for readers, and how faults are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.fault_kinds import KINDS
from ocrflow.data.faults import counts, fault, records, refuse_errors, summary, table
from ocrflow.errors import DataError

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


def test_the_page_is_the_table() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip().replace("&lt;", "<") for cell in line.strip("|").split(" | ")] for line in lines]
    assert cells == [[f"`{code}`", kind.severity, kind.meaning, kind.fix] for code, kind in KINDS.items()]


def test_a_fault_takes_severity_and_fix_from_the_table() -> None:
    found = fault("image_empty", "0 bytes", Path("d/train.txt"), line=7, split="train", image="images/a.png")
    assert (found.severity, found.place) == ("error", "d/train.txt:7")
    assert found.fix == "replace images/a.png, or remove line 7 of d/train.txt"
    assert fault("dict_empty", "nothing", Path("dict.txt")).place == "dict.txt"


def test_an_unknown_code_is_a_defect_of_the_check() -> None:
    with pytest.raises(KeyError):
        fault("image_ugly", "", Path("x"))


def test_table_counts_all_and_shows_three() -> None:
    faults = [fault("label_blank", f"row {n}", Path("train.txt"), line=n) for n in range(1, 6)]
    faults.append(fault("file_crlf", "CR LF", Path("val.txt"), line=1))
    assert counts(faults) == {"label_blank": 5, "file_crlf": 1}
    assert summary(faults) == "5 errors, 1 warning"
    text = table(faults)
    assert text.index("error label_blank (5)") < text.index("warning file_crlf (1)")
    assert "train.txt:3: row 3" in text and "train.txt:4" not in text and "... and 2 more" in text
    assert records(faults)[0]["line"] == 1


def test_only_errors_are_refused() -> None:
    refuse_errors([fault("file_crlf", "CR LF", Path("val.txt"))])
    with pytest.raises(DataError, match=r"val\.txt: no sample") as raised:
        refuse_errors([fault("list_empty", "no sample", Path("val.txt"))])
    assert raised.value.exit_code == 1
