"""Checks that only text recognition needs: can the network learn this label from this image?

Each check yields faults. The text of a row is compared with the dictionary and with the number of time steps that the
network makes of its image.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from ocrflow.data.dictionary import SPACE
from ocrflow.data.faults import Fault
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.inference.preprocess import MAX_WIDTH, input_width

STRIDE = 8
DEFAULT_BASE_WIDTH = 320  # PaddleX's [3, 48, 320]
PADDLEX_LONGEST = 25  # PaddleOCR's max_text_length: a training row with a longer label is dropped
IGNORE_MARKS = ("###", "*")
_UNWANTED = frozenset(("Cc", "Cs", "Zl", "Zp"))
_BYTE_ORDER_MARK = "\ufeff"


def ctc_steps_needed(text: str) -> int:
    """The fewest time steps in which CTC can say `text`: one a character, and a blank between equal neighbours."""
    return len(text) + sum(a == b for a, b in pairwise(text))


def time_steps(padded_width: int) -> int:
    """The time steps that a recogniser makes of an input of this many columns: two strides of 2, then pairs."""
    return -(-padded_width // 4) // 2


def ctc_steps(width: int, height: int, base_width: int = DEFAULT_BASE_WIDTH) -> int:
    """The time steps of an image of `width` x `height` pixels, scaled and padded as for inference."""
    return time_steps(input_width(height, width, base_width)[0])


LONGEST = time_steps(MAX_WIDTH)


class LabelCheck:
    """The faults of a label's text.

    Args:
        dictionary: the known characters; empty when it could not be read, then no character is unknown.
    """

    def __init__(self, dictionary: Collection[str]):
        self.known = frozenset(dictionary) | {SPACE}
        self.checked = bool(dictionary)
        self.harmless = frozenset(char for char in self.known if char.isascii() and char.isprintable())

    def faults(self, rows: RowList, row: Row) -> Iterator[Fault]:
        """Blank, control characters, characters that the dictionary lacks, not NFC, spaces at the ends, odd marks."""
        text = row.text
        if self.harmless.issuperset(text) and text.strip():
            yield from self._harmless(rows, row)
            return
        if all(unicodedata.category(char)[0] in "ZC" for char in text):
            yield rows.fault("label_blank", row, f"{row.image!r} has the label {text[:40]!r}")
            return
        unwanted = sorted({char for char in text if _is_unwanted(char)})
        if unwanted:
            yield rows.fault("label_control_character", row, f"{_names(unwanted)} in {_shown(text)}")
        unknown = sorted(set(text).difference(self.known, unwanted)) if self.checked else []
        if unknown:
            yield rows.fault("label_unknown_character", row, f"{_names(unknown)} not in dict.txt: {_shown(text)}")
        if not unicodedata.is_normalized("NFC", text):
            yield rows.fault("label_not_nfc", row, f"{_shown(text)} is not composed as in NFC")
        yield from self._harmless(rows, row)

    def _harmless(self, rows: RowList, row: Row) -> Iterator[Fault]:
        if row.text in IGNORE_MARKS:
            yield rows.fault("label_ignore_mark", row, f"{row.image!r} has the label {row.text!r}")
        if row.text[:1].isspace() or row.text[-1:].isspace():
            yield rows.fault("label_edge_space", row, f"white space around {_shown(row.text)}")


def length_faults(rows: RowList, row: Row, image: ImageFacts | None, base_width: int) -> Iterator[Fault]:
    """A label that no input, or not that of its own image, has enough time steps for; one that PaddleX would drop."""
    if len(row.text) <= 1:
        return
    needed = ctc_steps_needed(row.text)
    if needed > LONGEST:
        message = f"{len(row.text)} characters need {needed} time steps, the widest input has {LONGEST}"
        yield rows.fault("label_too_long", row, message)
        return
    if image and not image.problem:
        steps = ctc_steps(image.width, image.height, base_width)
        if needed > steps:
            size = f"{image.width} x {image.height} pixels"
            message = f"{len(row.text)} characters need {needed} time steps, {row.image!r} of {size} has {steps}"
            yield rows.fault("label_ctc_impossible", row, message)
    if len(row.text) > PADDLEX_LONGEST:
        message = f"{len(row.text)} characters: {_shown(row.text)}; ocrflow trains on it"
        yield rows.fault("label_over_25", row, message)


def turn_faults(rows: RowList, row: Row, image: ImageFacts | None) -> Iterator[Fault]:
    """An image that EXIF turns upright although its text of several characters lies along the other side."""
    if image and not image.problem and image.orientation >= 5 and len(row.text) > 2 and image.height > 2 * image.width:
        message = f"EXIF turns {row.image!r} to {image.width} x {image.height} pixels, the label is {_shown(row.text)}"
        yield rows.fault("image_exif_mismatch", row, message)


def _is_unwanted(char: str) -> bool:
    return char == _BYTE_ORDER_MARK or unicodedata.category(char) in _UNWANTED


def _names(characters: Sequence[str]) -> str:
    names = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in characters[:10])
    return names + (f" and {len(characters) - 10} more" if len(characters) > 10 else "")


def _shown(text: str) -> str:
    return repr(text) if len(text) <= 80 else f"{text[:80]!r}..."
