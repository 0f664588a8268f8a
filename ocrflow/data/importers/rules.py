"""What labelling tools' users call a transcription and an ignored region."""

from __future__ import annotations

from collections.abc import Iterable

TEXT_NAMES = (
    *("transcription", "transcript", "text", "utf8_string", "ocr", "ocr_text", "rec_text", "recognition"),
    *("plate", "plate_number", "license_plate", "licence_plate", "number_plate", "plate_text", "value", "caption"),
    *("content", "string", "word", "line"),
)
_IGNORED_NAMES = frozenset(
    ("ignore", "ignored", "dont_care", "don't_care", "dontcare", "difficult", "illegible", "unreadable", "###", "*")
)


def plain(name: str) -> str:
    """A name in small letters with underscores, as the names here are written."""
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def text_name(names: Iterable[str]) -> str | None:
    """The one of the names that holds the transcription: the first of TEXT_NAMES that is there, or None."""
    known = {plain(name): name for name in names}
    return next((known[name] for name in TEXT_NAMES if name in known), None)


def is_ignored(name: object) -> bool:
    """Whether a class or a flag of that name means that training ignores the region."""
    return isinstance(name, str) and plain(name) in _IGNORED_NAMES
