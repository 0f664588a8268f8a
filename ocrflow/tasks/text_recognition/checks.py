"""Checks that only text recognition needs: can the network learn this label from this image?

Each check yields faults. The text of a row is compared with the dictionary and with the number of time steps that the
network makes of its image: one each `STRIDE` pixels of the input's width.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from ocrflow.data.dictionary import SPACE
from ocrflow.data.faults import Fault
from ocrflow.data.image_faults import usable_md5
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.inference.preprocess import MAX_WIDTH, ROWS

STRIDE = 8
DEFAULT_BASE_WIDTH = 320  # PaddleX's [3, 48, 320]
_UNWANTED = frozenset(("Cc", "Cs", "Zl", "Zp"))
_BYTE_ORDER_MARK = "\ufeff"


def ctc_steps_needed(text: str) -> int:
    """The fewest time steps in which CTC can say `text`: one a character, and a blank between equal neighbours."""
    return len(text) + sum(a == b for a, b in pairwise(text))


def ctc_steps(width: int, height: int, base_width: int = DEFAULT_BASE_WIDTH) -> int:
    """The time steps of an image of `width` x `height` pixels: scaled to 48 rows, padded to `base_width` columns.

    An image wider than `MAX_WIDTH` then is squeezed into it.
    """
    scaled_width = -(-ROWS * width // height)
    return min(max(base_width, scaled_width), MAX_WIDTH) // STRIDE


def label_faults(rows: RowList, dictionary: Collection[str]) -> Iterator[Fault]:
    """Labels that are blank, hold control characters or characters that the dictionary lacks, or are not NFC.

    Args:
        rows: one list.
        dictionary: the known characters; empty when it could not be read, then no character is unknown.
    """
    known = frozenset(dictionary) | {SPACE}
    for row in rows.rows:
        if all(unicodedata.category(char)[0] in "ZC" for char in row.text):
            yield rows.fault("label_blank", row, f"{row.image!r} has the label {row.text!r}")
            continue
        unwanted = sorted({char for char in row.text if _is_unwanted(char)})
        if unwanted:
            yield rows.fault("label_control_character", row, f"{_names(unwanted)} in {row.text!r}")
        unknown = sorted({char for char in row.text if char not in known}.difference(unwanted)) if dictionary else []
        if unknown:
            yield rows.fault("label_unknown_character", row, f"{_names(unknown)} not in dict.txt: {row.text!r}")
        if not unicodedata.is_normalized("NFC", row.text):
            yield rows.fault("label_not_nfc", row, f"{row.text!r} is not composed as in NFC")


def _is_unwanted(char: str) -> bool:
    return char == _BYTE_ORDER_MARK or unicodedata.category(char) in _UNWANTED


def _names(characters: Sequence[str]) -> str:
    return ", ".join(f"{char!r} (U+{ord(char):04X})" for char in characters)


def length_faults(rows: RowList, facts: Mapping[str, ImageFacts], base_width: int) -> Iterator[Fault]:
    """Labels that CTC cannot say in the time steps of their image."""
    for row in rows.rows:
        image = facts.get(row.image)
        if not image or image.problem:
            continue
        needed, steps = ctc_steps_needed(row.text), ctc_steps(image.width, image.height, base_width)
        if needed > steps:
            size = f"{image.width} x {image.height} pixels"
            message = f"{len(row.text)} characters need {needed} time steps, {row.image!r} of {size} has {steps}"
            yield rows.fault("label_too_long", row, message)


def copy_faults(lists: Sequence[RowList], facts: Mapping[str, ImageFacts]) -> Iterator[Fault]:
    """Rows whose image, byte for byte, had another label before, or the same label in the same list."""
    first: dict[str, tuple[RowList, Row]] = {}
    seen: set[tuple[str, str, str]] = set()
    for rows in lists:
        for row in rows.rows:
            md5 = usable_md5(row, facts)
            if not md5:
                continue
            before, original = first.setdefault(md5, (rows, row))
            place = f"{before.file.name}:{original.line}"
            if original.text != row.text:
                message = f"{row.image!r} is {row.text!r} here and {original.text!r} in {place}"
                yield rows.fault("label_conflict", row, message)
            elif (rows.split, md5, row.text) in seen:
                yield rows.fault("row_duplicate", row, f"{row.image!r}, {row.text!r} as in {place}")
            seen.add((rows.split, md5, row.text))
