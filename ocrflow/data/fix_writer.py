"""Putting the images of a corrected dataset in place: as they were, or written anew where that corrects them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ocrflow.data.fix_images import Link, is_turned_by_training, place, rewritten
from ocrflow.data.fix_lists import DrawnBeforeTurning, Entry, Facts
from ocrflow.data.fix_rules import FixLog
from ocrflow.models import TEXT_RECOGNITION
from ocrflow.progress import track

_NOT_A_FILE = ("image_missing", "image_is_directory", "image_unreadable", "path_invalid")


class ImageWriter:
    """Which images are written anew, and how.

    Args:
        facts: of all images, by their file in the original dataset.
        drawn_before_turning: decides for a row whose image EXIF turns.
        log: takes the changes.
    """

    def __init__(self, facts: Facts, drawn_before_turning: DrawnBeforeTurning, log: FixLog):
        self.facts, self.drawn_before_turning, self.log = facts, drawn_before_turning, log
        self._turns: dict[Path, bool] = {}

    def turns(self, source: Path | None) -> bool:
        """Whether training turns an image of the original dataset by EXIF."""
        if source is None or not self._has(source, "image_exif_rotated"):
            return False
        if source not in self._turns:
            self._turns[source] = is_turned_by_training(source.read_bytes(), self.facts[source].orientation)
        return self._turns[source]

    def write(self, lists: dict[str, list[Entry]], folder: Path, task: str, link: Link) -> Counter[str]:
        """Put the image of each entry into `folder`, each once; counts "new" and "as it was"."""
        rows: dict[str, list[tuple[str, Entry]]] = {}
        for file, entries in lists.items():
            for entry in entries:
                if entry.found and entry.source and self.facts[entry.source].problem not in _NOT_A_FILE:
                    rows.setdefault(entry.found.image, []).append((file, entry))
        written: Counter[str] = Counter()
        places: set[Path] = set()
        with track("data fix", len(rows)) as advance:
            for image, users in rows.items():
                advance(1)
                target = folder / image
                if ".." in target.parts:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target = target.resolve()
                if target not in places:
                    places.add(target)
                    written[self._write_one(target, users, task, link)] += 1
        return written

    def _write_one(self, target: Path, users: list[tuple[str, Entry]], task: str, link: Link) -> str:
        file, entry = users[0]
        source = entry.source
        assert source and entry.found
        rotated, transparent = self._has(source, "image_exif_rotated"), self._has(source, "image_transparent")
        if rotated or transparent:
            as_stored = task == TEXT_RECOGNITION and rotated and self._any_drawn_before_turning(users)
            content = rewritten(source.read_bytes(), as_stored)
            if content is not None:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                self._tell(file, entry, rotated, transparent, as_stored)
                return "new"
        place(source, target, link)
        return "as it was"

    def _any_drawn_before_turning(self, users: list[tuple[str, Entry]]) -> bool:
        return any(
            entry.source is not None and self.drawn_before_turning(entry.row(), self.facts[entry.source])
            for _, entry in users
        )

    def _tell(self, file: str, entry: Entry, rotated: bool, transparent: bool, as_stored: bool) -> None:
        assert entry.source and entry.found
        facts = self.facts[entry.source]
        if rotated:
            rule = "exif_dropped" if as_stored else "exif_baked"
            self.log.add(rule, file, entry.number, f"EXIF orientation {facts.orientation}", None, entry.found.image)
        if transparent:
            text = next(message for code, message in facts.notes if code == "image_transparent")
            self.log.add("transparency", file, entry.number, text, "on white", entry.found.image)

    def _has(self, source: Path, code: str) -> bool:
        facts = self.facts[source]
        return not facts.problem and any(note == code for note, _ in facts.notes)
