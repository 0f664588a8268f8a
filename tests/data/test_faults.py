"""The table of codes, its page for readers, and how faults are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.fault_kinds import BOXES, DATASET, FILES, IMAGES, KINDS, ROWS
from ocrflow.data.faults import Tally, fault, refuse_errors
from ocrflow.errors import DataError

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


def test_the_page_is_the_table() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip().replace("&lt;", "<") for cell in line.strip("|").split(" | ")] for line in lines]
    assert cells == [[f"`{code}`", kind.severity, kind.meaning, kind.fix] for code, kind in KINDS.items()]


def test_no_code_stands_in_two_parts_of_the_table() -> None:
    assert sum(map(len, (DATASET, FILES, ROWS, IMAGES, BOXES))) == len(KINDS)


def test_only_errors_of_single_rows_can_be_left_out() -> None:
    of_row = {code for code, kind in KINDS.items() if kind.of_row}
    assert all(KINDS[code].severity == "error" for code in of_row)
    assert not of_row & set(DATASET)
    assert of_row & set(FILES) == {"list_columns"}
    assert {"label_blank", "label_conflict", "path_case", "image_truncated", "boxes_not_json"} <= of_row


def test_a_fault_takes_severity_and_fix_from_the_table() -> None:
    found = fault("image_empty", "0 bytes", Path("d/train.txt"), line=7, split="train", image="images/a.png")
    assert (found.severity, found.place) == ("error", "d/train.txt:7")
    assert found.fix == "replace images/a.png, or remove line 7 of d/train.txt"
    assert fault("dict_empty", "nothing", Path("dict.txt")).place == "dict.txt"


def test_an_unknown_code_is_a_defect_of_the_check() -> None:
    with pytest.raises(KeyError):
        fault("image_ugly", "", Path("x"))


def test_the_table_counts_all_and_shows_three() -> None:
    faults = [fault("label_blank", f"row {n}", Path("train.txt"), line=n) for n in range(1, 6)]
    tally = Tally([fault("file_crlf", "CR LF", Path("val.txt"), line=1), *faults])
    tally.add(fault("list_empty", "no sample", Path("val.txt")))
    assert tally.ordered() == {"label_blank": 5, "list_empty": 1, "file_crlf": 1}
    assert list(tally.ordered()) == ["label_blank", "list_empty", "file_crlf"]
    assert tally.summary() == "6 errors, 1 warning"
    assert (tally.number("error"), tally.number("warning")) == (6, 1)
    text = tally.table()
    assert text.index("error label_blank (5)") < text.index("warning file_crlf (1)")
    assert "train.txt:3: row 3" in text and "train.txt:4" not in text and "... and 2 more" in text


def test_a_tally_keeps_three_examples_of_any_number() -> None:
    tally = Tally(fault("label_blank", "", Path("train.txt"), line=n) for n in range(10_000))
    assert tally.counts == {"label_blank": 10_000}
    assert [item.line for item in tally.examples["label_blank"]] == [0, 1, 2]


def test_nothing_found() -> None:
    assert (Tally().ordered(), Tally().table(), Tally().summary()) == ({}, "", "0 errors, 0 warnings")


def test_only_errors_are_refused() -> None:
    refuse_errors([fault("file_crlf", "CR LF", Path("val.txt"))])
    with pytest.raises(DataError, match=r"val\.txt: no sample") as raised:
        refuse_errors([fault("list_empty", "no sample", Path("val.txt")), fault("file_crlf", "CR LF", Path("a.txt"))])
    assert raised.value.exit_code == 1
    assert "1 error, 0 warnings" in str(raised.value) and "a.txt" not in str(raised.value)
