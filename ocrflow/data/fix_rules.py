"""What `ocrflow data fix` corrects: the rules by name, and the log of every change.

`docs/fix.md` is the same table for readers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

Value = str | int | float | None

RULES: dict[str, str] = {
    "encoding": "a file in the encoding that --encoding names is written as UTF-8",
    "bom": "the byte order mark at the start of a file is removed",
    "crlf": "Windows line ends become LF",
    "final_newline": "the last line of a file ends with LF",
    "blank_line": "a line without anything is removed from a list",
    "path_space": "white space before or after an image path is removed",
    "backslash": "backslashes in an image path become slashes",
    "path_case": "an image path gets the upper and lower case of the only file that it can mean",
    "path_nfc": "an image path gets the Unicode form of the only file that it can mean",
    "nfc": "a label, or an entry of dict.txt, gets Unicode form NFC",
    "row_duplicate": "a row with the same image and label as one above it in the list is removed",
    "exif_baked": "an image with an EXIF orientation is written as training sees it, without EXIF",
    "exif_dropped": "an image whose label fits only its stored pixels is written as stored, without EXIF",
    "exif_polygons": "polygons drawn on the stored pixels of an image are turned with it",
    "transparency": "transparent pixels are laid on white",
    "polygon_numbers": "coordinates written as texts become numbers",
    "polygon_order": "the points of a counter-clockwise polygon run clockwise from the top left",
    "polygon_clipped": "the part of a polygon outside of its image is cut off",
    "polygon_duplicate": "a box with the same polygon and text as one before it is removed",
    "dict_blank": "an empty line is removed from dict.txt",
    "dict_space": "a line with a space, which is always added, is removed from dict.txt",
    "dict_duplicate": "an entry that stands in dict.txt already is removed",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        file: the list or dict.txt.
        line: line in the original file, from 1; None when the whole file is meant.
        image: path of the image as the corrected list has it, or None.
        change: key of `RULES`.
        before, after: what stood there and what stands there now; None for nothing.
    """

    file: str
    line: int | None
    image: str | None
    change: str
    before: Value
    after: Value


@dataclass
class FixLog:
    """All changes in the order in which they were made."""

    changes: list[Change] = field(default_factory=list)

    def add(
        self, rule: str, file: str, line: int | None, before: Value, after: Value, image: str | None = None
    ) -> None:
        """Record a change of a known rule."""
        if rule not in RULES:
            raise KeyError(rule)
        self.changes.append(Change(file, line, image, rule, before, after))

    def counts(self) -> dict[str, int]:
        """How many changes each rule made, in the order of `RULES`."""
        found = Counter(item.change for item in self.changes)
        return {rule: found[rule] for rule in RULES if rule in found}
