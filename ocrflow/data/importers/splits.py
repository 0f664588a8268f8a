"""What a source's own names say about train, val and test."""

from __future__ import annotations

import re
from collections.abc import Collection

_WORDS = {
    "train": ("train", "training", "trainval"),
    "val": ("val", "valid", "validation", "eval", "dev"),
    "test": ("test", "testing"),
}
_SPLIT_OF_WORD = {word: split for split, words in _WORDS.items() for word in words}

TEST_LEFT_OUT = "belongs to the source's test split (import its folder or list alone to get it)"


def named_split(name: str) -> str | None:
    """ "train", "val" or "test" when a file or folder name has that word: `ch4_training_images`, `det_gt_val.txt`."""
    found = {_SPLIT_OF_WORD[word] for word in re.split(r"[^a-z]+", name.lower()) if word in _SPLIT_OF_WORD}
    return found.pop() if len(found) == 1 else None


def own_split(name: str | None, found: Collection[str | None]) -> str | None:
    """The split of a sample of the part `name` of a source that has the parts `found`; None: the source leaves it open.

    A source divides its samples when it has train and, beside it, val or test. Its test part stands in for a missing
    val part, as PaddleOCR uses ICDAR's; when there is a val part too, "test" comes back, and such samples stay out.
    """
    if "train" not in found or not {"val", "test"} & set(found):
        return None
    if name == "test" and "val" not in found:
        return "val"
    return name
