"""Finding the file that a path in a list means, where only one can be meant."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ocrflow.data.image_faults import path_problem

_MENDABLE = ("path_backslash",)


@dataclass(frozen=True, slots=True)
class Found:
    """What a path in a list is.

    Attributes:
        image: the path to write, relative to the dataset.
        source: the file it means in the original dataset; None when there is none.
        steps: (rule, path after it) of each correction that led from the listed path to `image`.
    """

    image: str
    source: Path | None
    steps: tuple[tuple[str, str], ...] = ()


class ImageFinder:
    """Finds the images of one dataset; each folder is listed once, and only when a path does not exist as it is.

    Args:
        root: the dataset's root.
    """

    def __init__(self, root: Path):
        self.root = root
        self._listings: dict[Path, dict[str, list[str]]] = {}

    def find(self, listed: str) -> Found:
        """The file of a path; the path stays as it is unless exactly one file can be meant."""
        plain = listed.strip()
        wanted = plain.replace("\\", "/")
        problem = path_problem(plain)
        if (problem and problem[0] not in _MENDABLE) or path_problem(wanted):
            return Found(listed, None)
        literal = self._file(listed)
        if literal and wanted == listed:
            return Found(listed, literal)
        there = [wanted] if self._file(wanted) else self._similar(wanted)
        meant = [*there, *([listed] if literal and wanted != listed else [])]
        if len(meant) != 1:
            return Found(listed, literal)
        image = wanted if meant == [listed] else meant[0]
        return Found(image, self._file(meant[0]), tuple(_steps(listed, plain, wanted, image)))

    def as_it_is(self, listed: str) -> Found:
        """The file of exactly this path."""
        return Found(listed, None if path_problem(listed) else self._file(listed))

    def _file(self, image: str) -> Path | None:
        try:
            return self.root / image if (self.root / image).is_file() else None
        except (OSError, ValueError):
            return None

    def _similar(self, wanted: str) -> list[str]:
        """The files whose path differs from `wanted` by case or Unicode form."""
        found = [""]
        parts = [part for part in wanted.split("/") if part not in ("", ".")]
        for part in parts:
            found = [f"{place}{name}/" for place in found for name in self._names(self.root / place, part)]
        return [place[:-1] for place in found if self._file(place[:-1])]

    def _names(self, folder: Path, part: str) -> list[str]:
        if folder not in self._listings:
            listing: dict[str, list[str]] = {}
            with suppress(OSError):
                for entry in folder.iterdir():
                    listing.setdefault(_folded(entry.name), []).append(entry.name)
            self._listings[folder] = listing
        return self._listings[folder].get(_folded(part), [])


def _folded(name: str) -> str:
    """The same for all names that differ by case or Unicode form only."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _steps(listed: str, plain: str, wanted: str, image: str) -> list[tuple[str, str]]:
    steps = []
    if plain != listed:
        steps.append(("path_space", plain))
    if wanted != plain:
        steps.append(("backslash", wanted))
    if image != wanted:
        same = unicodedata.normalize("NFC", image) == unicodedata.normalize("NFC", wanted)
        steps.append(("path_nfc" if same else "path_case", image))
    return steps
