"""Label lists: PaddleX's MSTextRecDataset and TextDetDataset, a line `PATH<TAB>LABEL` for each image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ocrflow.data.faults import Fault, fault, refuse_errors
from ocrflow.data.lines import stream_lines
from ocrflow.data.root import LIST_OF_SPLIT

SHOWN = 80  # characters of a line in a message


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled image.

    Attributes:
        image: its path relative to the dataset's root.
        text: the second column: the text of a recognition image, the JSON of a detection image.
        line: its line in the list, from 1.
    """

    image: str
    text: str
    line: int


@dataclass(frozen=True)
class RowList:
    """The rows of one list: which split it is and the file they stand in; no rows where they are streamed."""

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


def stream_rows(list_file: Path, split: str | None = None) -> Iterator[Row | Fault]:
    """The rows of a list and what is wrong with its form, as they are read. Labels keep their spaces."""
    rows = errors = 0
    for item in stream_lines(list_file, "list", split):
        found = item if isinstance(item, Fault) else _row(list_file, split, *item)
        if isinstance(found, Row):
            rows += 1
        else:
            errors += found.severity == "error"
        yield found
    if not rows and not errors:
        yield fault("list_empty", "no sample", list_file, split=split)


def _row(list_file: Path, split: str | None, number: int, line: str) -> Row | Fault:
    image, tab, text = line.partition("\t")
    if image and tab and "\t" not in text:
        return Row(image, text, number)
    if not line.strip(" "):
        return fault("list_blank_line", "blank line", list_file, line=number, split=split)
    message = f"expected PATH<TAB>LABEL, got {line.count(chr(9)) + 1} columns: {line[:SHOWN]!r}"
    return fault("list_columns", message, list_file, line=number, split=split)


def scan_rows(list_file: Path, split: str | None = None) -> ScannedRows:
    """Read a list; what is wrong with its form is returned, nothing is raised."""
    found = ScannedRows([], [])
    for item in stream_rows(list_file, split):
        if isinstance(item, Row):
            found.rows.append(item)
        else:
            found.faults.append(item)
    return found


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
        faults += [item for item in found if not is_optional(item, will_split)]
        lists.append(RowList(split, root / name, rows))
    return lists, faults


def is_optional(item: Fault, will_split: bool) -> bool:
    """Whether a fault of a list says only that there is no val list where none is needed."""
    return will_split and item.split == "val" and item.code in ("list_missing", "list_empty")


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
