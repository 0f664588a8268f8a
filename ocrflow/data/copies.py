"""Images that occur more than once: other labels, the same label again, train and val sharing them.

Rows come one by one. For each image (by the MD5 of its bytes) its first row is kept, for each row a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ocrflow.data.faults import Fault
from ocrflow.data.images import ImageFacts
from ocrflow.data.labels import Row, RowList
from ocrflow.data.near import alike, near_pairs

_SHOWN = 40
_TRIED = 20  # candidates of one image that are compared pixel by pixel


@dataclass(slots=True)
class _First:
    """The first row of an image: its list, line, image path, label by hash and in short."""

    rows: RowList
    line: int
    image: str
    label: int
    shown: str
    in_conflict: bool = False


class Copies:
    """What the rows so far were.

    Args:
        will_split: the rows of both lists will be pooled and divided, so a copy in the other one is no leak.
    """

    def __init__(self, will_split: bool):
        self.will_split = will_split
        self._first: dict[str, _First] = {}
        self._in_val: dict[str, tuple[str, int]] = {}
        self._seen: set[int] = set()

    def row_faults(self, rows: RowList, row: Row, facts: ImageFacts | None) -> Iterator[Fault]:
        """label_conflict, row_duplicate and image_in_both_splits of this row, and of the first one it contradicts."""
        if not facts or facts.problem:
            return
        label = hash(row.text)
        first = self._first.get(facts.md5)
        if first is None:
            first = self._first[facts.md5] = _First(rows, row.line, row.image, label, _shown(row.text))
        elif first.label != label:
            yield from self._conflict(rows, row, first)
        leaks = rows.split == "val" and first.rows.split == "train"
        if rows.split == "val":
            self._in_val.setdefault(facts.md5, (row.image, row.line))
        if leaks and not self.will_split:
            message = f"{row.image!r} is the same image as {first.image!r} in {_place(first)}"
            yield rows.fault("image_in_both_splits", row, message)
        key = hash((facts.md5, rows.split, label))
        if key in self._seen:
            place = _place(first) if first.label == label else f"an earlier row of {rows.file.name}"
            yield rows.fault("row_duplicate", row, f"{row.image!r}, {_shown(row.text)} as in {place}")
        self._seen.add(key)

    def _conflict(self, rows: RowList, row: Row, first: _First) -> Iterator[Fault]:
        message = f"{row.image!r} is {_shown(row.text)} here and {first.shown} in {_place(first)}"
        if not first.in_conflict:
            first.in_conflict = True
            here = f"{rows.file.name}:{row.line}"
            original = Row(first.image, "", first.line)
            other = f"{first.image!r} is {first.shown} here and {_shown(row.text)} in {here}"
            yield first.rows.fault("label_conflict", original, other)
        yield rows.fault("label_conflict", row, message)

    def near_faults(self, val: RowList, facts: Mapping[str, ImageFacts], root: Path) -> Iterator[Fault]:
        """Each val image that looks like one of train although its bytes differ; nothing when the rows are pooled."""
        if self.will_split:
            return
        of_train = {md5: first for md5, first in self._first.items() if first.rows.split == "train"}
        places = {md5: (first.image, first.line) for md5, first in of_train.items()}
        only_val = {md5: place for md5, place in self._in_val.items() if md5 not in of_train}
        md5s = [*places, *only_val]
        places |= only_val
        hashes = [facts[places[md5][0]].dhash for md5 in md5s]
        for here, there in _partners(hashes, len(of_train)):
            image, line = places[md5s[here]]
            for other in there[:_TRIED]:
                copy, copy_line = places[md5s[other]]
                if alike(root / image, root / copy):
                    message = f"{image!r} looks like {copy!r} in train.txt:{copy_line}"
                    yield val.fault("image_nearly_in_both_splits", Row(image, "", line), message)
                    break


def _partners(hashes: Sequence[bytes], train: int) -> Iterator[tuple[int, list[int]]]:
    """For each val image with near hashes in train (the first `train` ones) the indexes of those."""
    if not 0 < train < len(hashes):
        return
    in_train: dict[bytes, list[int]] = {}
    in_val: dict[bytes, list[int]] = {}
    for index, dhash in enumerate(hashes):
        (in_train if index < train else in_val).setdefault(dhash, []).append(index)
    unique = list(in_train | in_val)
    pairs = near_pairs(np.frombuffer(b"".join(unique), np.uint8).reshape(len(unique), -1)).tolist()
    near = [(dhash, dhash) for dhash in in_train if dhash in in_val]
    near += [(unique[one], unique[other]) for pair in pairs for one, other in (pair, pair[::-1])]
    of_val: dict[int, list[int]] = {}
    for here, there in near:
        for index in in_val.get(here, ()):
            of_val.setdefault(index, []).extend(in_train.get(there, ())[:_TRIED])
    yield from sorted((index, partners) for index, partners in of_val.items() if partners)


def _place(first: _First) -> str:
    return f"{first.rows.file.name}:{first.line}"


def _shown(text: str) -> str:
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}..."
