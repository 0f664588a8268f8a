"""Correcting the rows of one list in three steps: its lines and paths, its labels, its repetitions.

Between the first and the second step the caller looks at the images.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ocrflow.data.fix_boxes import corrected_polygons, corrected_values, turned_label
from ocrflow.data.fix_paths import Found, ImageFinder
from ocrflow.data.fix_rules import FixLog
from ocrflow.data.fix_text import NumberedLine, is_escaped
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row

Facts = Mapping[Path, ImageFacts]
DrawnBeforeTurning = Callable[[Row, ImageFacts], bool]
"""Whether a label fits only the image as it is stored, before EXIF turns it."""


@dataclass(slots=True)
class Entry:
    """One line of a list.

    Attributes:
        number: its line in the original list, from 1.
        line: what stood there; written again when there is no label.
        found: the path to write and the file it means; None for a line that is not PATH<TAB>LABEL.
        label: the second column; None when the line is not to be touched.
    """

    number: int
    line: str
    found: Found | None = None
    label: str | None = None

    @property
    def source(self) -> Path | None:
        """The image file in the original dataset."""
        return self.found.source if self.found else None

    def text(self) -> str:
        """The line to write."""
        return f"{self.found.image}\t{self.label}" if self.found and self.label is not None else self.line

    def row(self) -> Row:
        """The row as the checks know it."""
        return Row(self.found.image if self.found else "", self.label or "", self.number)


def entries_of(lines: Iterable[NumberedLine], file: str, finder: ImageFinder, log: FixLog) -> list[Entry]:
    """The lines of a list without blank ones, with the paths that can be corrected corrected."""
    entries = []
    for number, line in lines:
        if not line.strip():
            log.add("blank_line", file, number, line, None)
            continue
        image, tab, label = line.partition("\t")
        if is_escaped(line):
            entries.append(Entry(number, line, finder.as_it_is(image) if tab else None))
        elif not tab or "\t" in label or not image.strip():
            entries.append(Entry(number, line))
        else:
            found = finder.find(image)
            before = image
            for rule, after in found.steps:
                log.add(rule, file, number, before, after, found.image)
                before = after
            entries.append(Entry(number, line, found, label))
    return entries


class LabelFixer:
    """Corrects the labels of one list.

    Args:
        file: name of the list, for the log.
        facts: of the images, by their file.
        drawn_before_turning: decides for a row whose image EXIF turns.
        log: takes the changes.
    """

    def __init__(self, file: str, facts: Facts, drawn_before_turning: DrawnBeforeTurning, log: FixLog):
        self.file, self.facts, self.drawn_before_turning, self.log = file, facts, drawn_before_turning, log

    def text(self, entry: Entry) -> None:
        """Recognition: bring the text to NFC."""
        label = entry.label
        if label is not None and not unicodedata.is_normalized("NFC", label):
            entry.label = unicodedata.normalize("NFC", label)
            self._tell(entry, "nfc", label, entry.label)

    def values(self, entry: Entry) -> None:
        """Detection: bring texts to NFC and coordinates to numbers."""
        if entry.label is not None:
            entry.label = corrected_values(entry.label, lambda *change: self._tell(entry, *change))

    def polygons(self, entry: Entry, turns: bool) -> None:
        """Detection: bring the polygons into order.

        Args:
            entry: after `values`.
            turns: training turns its image by EXIF.
        """
        if entry.label is None:
            return
        image = self.facts.get(entry.source) if entry.source else None
        size = (image.width, image.height) if image and not image.problem else None
        if image and size and turns and self.drawn_before_turning(entry.row(), image):
            stored = size[::-1] if image.orientation >= 5 else size
            entry.label = turned_label(
                entry.label, stored, image.orientation, lambda *change: self._tell(entry, *change)
            )
        entry.label = corrected_polygons(entry.label, size, lambda *change: self._tell(entry, *change))

    def _tell(self, entry: Entry, rule: str, before: str, after: str | None) -> None:
        self.log.add(rule, self.file, entry.number, before, after, entry.row().image)


def without_repetitions(entries: Iterable[Entry], file: str, facts: Facts, log: FixLog) -> list[Entry]:
    """The entries without those whose image, byte for byte, had the same label before."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for entry in entries:
        image = facts.get(entry.source) if entry.source else None
        if image and not image.problem and entry.label is not None:
            key = (image.md5, entry.label)
            if key in seen:
                log.add("row_duplicate", file, entry.number, entry.text(), None, entry.row().image)
                continue
            seen.add(key)
        kept.append(entry)
    return kept
