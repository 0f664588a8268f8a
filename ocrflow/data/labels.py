"""Label lists of text recognition: PaddleX's MSTextRecDataset, a line `PATH<TAB>TEXT` for each image."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ocrflow.data.faults import Fault, fault, refuse_errors
from ocrflow.data.lines import scan_lines
from ocrflow.data.root import LIST_OF_SPLIT


@dataclass(frozen=True)
class Row:
    """One labelled image: its path relative to the dataset's root, its text, its line in the list (from 1)."""

    image: str
    text: str
    line: int


@dataclass(frozen=True)
class RowList:
    """The rows of one list: which split it is and the file they stand in."""

    split: str
    file: Path
    rows: list[Row]

    def fault(self, code: str, row: Row, message: str) -> Fault:
        """A fault of one row."""
        return fault(code, message, self.file, line=row.line, split=self.split, image=row.image)


class ScannedRows(NamedTuple):
    """The rows of a list that could be read, and what is wrong with the others."""

    rows: list[Row]
    faults: list[Fault]


def scan_rows(list_file: Path, split: str | None = None) -> ScannedRows:
    """Read a list; what is wrong with its form is returned, nothing is raised. Labels keep their spaces."""
    lines, faults = scan_lines(list_file, "list", split)
    rows = []
    for number, line in lines:
        columns = line.split("\t")
        if not line.strip(" "):
            faults.append(fault("list_blank_line", "blank line", list_file, line=number, split=split))
        elif len(columns) != 2 or not columns[0]:
            message = f"expected PATH<TAB>LABEL, got {len(columns)} columns: {line[:80]!r}"
            faults.append(fault("list_columns", message, list_file, line=number, split=split))
        else:
            rows.append(Row(columns[0], columns[1], number))
    if not rows and all(item.severity == "warning" for item in faults):
        faults.append(fault("list_empty", "no sample", list_file, split=split))
    return ScannedRows(rows, faults)


def scan_lists(root: Path, will_split: bool) -> tuple[list[RowList], list[Fault]]:
    """Both lists of a dataset, train first, and their faults.

    Args:
        root: the dataset's root.
        will_split: the rows of both will be pooled and divided, so val.txt may be missing or empty.
    """
    lists: list[RowList] = []
    faults: list[Fault] = []
    for split, name in LIST_OF_SPLIT.items():
        rows, found = scan_rows(root / name, split)
        optional = ("list_missing", "list_empty") if will_split and split == "val" else ()
        faults += [item for item in found if item.code not in optional]
        lists.append(RowList(split, root / name, rows))
    return lists, faults


def read_rows(list_file: Path) -> list[Row]:
    """The rows of a list in file order; blank lines are skipped.

    Raises:
        DataError: the list is missing, empty, not UTF-8 or has a line of another form; names each file:line.
    """
    rows, faults = scan_rows(list_file)
    refuse_errors(faults)
    return rows


def rows_text(rows: Iterable[Row]) -> str:
    """The content of a list with these rows: LF line ends, one at the end too."""
    return "".join(f"{row.image}\t{row.text}\n" for row in rows)
