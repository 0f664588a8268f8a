"""Refusing lists that a detector cannot be trained on, before the first step.

`check_dataset` says all of this, and much more; it may have been skipped.
"""

from __future__ import annotations

from pathlib import Path

from ocrflow.data.boxes import parse_boxes
from ocrflow.data.labels import Row
from ocrflow.data.lists import Lists
from ocrflow.errors import DataError

SHOWN = 50


def refuse_untrainable(lists: Lists) -> None:
    """Do nothing when every label can be read, every image is there, and both lists have a text to find.

    Raises:
        DataError: names each row (of very many the first 50) as file:line, or the list without a text.
    """
    for file, rows in ((lists.train_file, lists.train), (lists.val_file, lists.val)):
        problems = [f"{file}:{row.line}: {what}" for row in rows for what in _problems(lists.root, row)]
        if problems:
            more = [f"... and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
            head = f"{file}: {len(problems)} faults in {len(rows)} rows, which cannot be trained on"
            fix = "ocrflow check-dataset -c CONFIG names all; correct or remove these rows"
            raise DataError("\n  ".join([head, *problems[:SHOWN], *more]), fix=fix)
        if not any(not box.ignored for row in rows for box in parse_boxes(row.text)[0]):
            message = f"{file}: no text to find in {len(rows)} images: each has no boxes, or only ignored ones (###, *)"
            raise DataError(message, fix="label some texts, or choose another split")


def _problems(root: Path, row: Row) -> list[str]:
    missing = [] if (root / row.image).is_file() else [f"{row.image}: no such file"]
    return missing + [f"{row.image}: {message}" for _, message in parse_boxes(row.text)[1]]
