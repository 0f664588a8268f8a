"""The labels that a dictionary is made of, from list files and dataset folders of recognition or detection."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ocrflow.data.boxes import parse_boxes
from ocrflow.data.faults import Fault, fault, refuse_errors
from ocrflow.data.labels import Row, scan_rows
from ocrflow.data.root import LIST_OF_SPLIT, find_root

_KINDS = {
    "Cc": "a control character",
    "Cs": "half of a character",
    "Cn": "no character of Unicode",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
_NO_TEXT = {"\ufeff": "a byte order mark", "\ufffd": "what a wrong encoding leaves"}
_LOOKED_AT = 100  # rows that tell a list of detection from one of recognition


@dataclass(frozen=True)
class LabelList:
    """The rows of one list file; `text` of a row is what can be read in its image."""

    file: Path
    rows: list[Row]


def label_lists(sources: Sequence[str]) -> list[LabelList]:
    """The labels of each list file, and of train.txt and val.txt of each dataset folder.

    Of detection lists these are the transcriptions that are not ignored, those of one image joined by spaces.

    Raises:
        DataError: all lines that cannot be read or hold a control character, with file:line.
    """
    lists: list[LabelList] = []
    faults: list[Fault] = []
    for file in _files(sources, faults):
        rows, found = scan_rows(file)
        faults += found
        lists.append(LabelList(file, _texts(file, rows, faults)))
    faults += [item for labels in lists for item in _unwanted(labels)]
    refuse_errors(faults)
    return lists


def nfc(lists: Sequence[LabelList]) -> list[LabelList]:
    """The same lists with all texts in Unicode form NFC."""
    return [
        LabelList(labels.file, [replace(row, text=unicodedata.normalize("NFC", row.text)) for row in labels.rows])
        for labels in lists
    ]


def not_nfc(lists: Sequence[LabelList]) -> list[str]:
    """file:line of each row whose text is not in Unicode form NFC."""
    return [
        f"{labels.file}:{row.line}"
        for labels in lists
        for row in labels.rows
        if not unicodedata.is_normalized("NFC", row.text)
    ]


def _files(sources: Sequence[str], faults: list[Fault]) -> list[Path]:
    """The list files, each once."""
    files: dict[Path, None] = {}
    for source in map(Path, sources):
        if not source.is_dir():
            files[source] = None
            continue
        root, found = find_root(source)
        faults += found
        if root is None:
            continue
        there = [root / name for name in LIST_OF_SPLIT.values() if (root / name).exists()]
        files.update(dict.fromkeys(there or [root / LIST_OF_SPLIT["train"]]))
    return list(files)


def _texts(file: Path, rows: list[Row], faults: list[Fault]) -> list[Row]:
    """The rows with what can be read in their images as text."""
    if not any(parse_boxes(row.text)[0] for row in islice(rows, _LOOKED_AT)):
        return rows
    texts = []
    for row in rows:
        boxes, problems = parse_boxes(row.text)
        faults += [fault(code, message, file, line=row.line, image=row.image) for code, message in problems]
        texts.append(replace(row, text=" ".join(box.text for box in boxes if not box.ignored)))
    return texts


def _unwanted(labels: LabelList) -> list[Fault]:
    """A fault for each row with a character that no dictionary may hold."""
    seen_good: set[str] = set()
    faults = []
    for row in labels.rows:
        characters = set(row.text) - seen_good
        bad = {char for char in characters if _why_not(char)}
        seen_good |= characters - bad
        if bad:
            message = (
                f"{'; '.join(f'{_why_not(char)}, U+{ord(char):04X},' for char in sorted(bad))} in {row.text[:80]!r}"
            )
            faults.append(fault("label_control_character", message, labels.file, line=row.line, image=row.image))
    return faults


def _why_not(char: str) -> str:
    """What is wrong with a character that dict.txt may not list; an empty text when nothing is."""
    return _NO_TEXT.get(char) or _KINDS.get(unicodedata.category(char), "")
