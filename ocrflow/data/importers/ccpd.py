"""Reading CCPD, the Chinese City Parking Dataset: the labels of a picture are its file name.

`AREA-TILT-BBOX-CORNERS-PLATE-BRIGHTNESS-BLUR.jpg`, as the README of https://github.com/detectRecog/CCPD says:
CORNERS are four `X&Y`, from the bottom right one on (bottom left, top left, top right), PLATE the indices of the
characters in three tables. Blue plates (CCPD2019) have 7 characters, green ones (CCPD2020) 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ocrflow.data.images import SUFFIXES
from ocrflow.data.importers.sample import Annotation, Item, Notice, Points, Problem, Sample
from ocrflow.data.importers.splits import TEST_LEFT_OUT, named_split, own_split

PROVINCES = "皖沪津渝冀晋蒙辽吉黑苏浙京闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新警学O"
ALPHABETS = "ABCDEFGHJKLMNPQRSTUVWXYZO"
ADS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789O"

_NO_PLATE = "ccpd_np"
_EXPECTED = "AREA-TILT-BBOX-CORNERS-PLATE-BRIGHTNESS-BLUR"
_POINT = re.compile(r"(\d{1,6})&(\d{1,6})")
_FIELDS = 7


def read(source: Path) -> Iterator[Item]:
    """The pictures of a CCPD folder, or one picture, as samples of one region each.

    The division of `splits/train.txt` and `splits/val.txt` (CCPD2019) or of the folders train, val and test
    (CCPD2020) is kept; pictures of the test part and those without a plate (`ccpd_np`) are left out with a notice.
    """
    files = (
        sorted(path for path in source.rglob("*") if path.suffix.lower() in SUFFIXES) if source.is_dir() else [source]
    )
    root = source if source.is_dir() else source.parent
    listed = _listed(root)
    names = {path: listed.get(path.name) or named_split(path.parent.name) for path in files}
    found = set(names.values())
    for path in files:
        if path.parent.name == _NO_PLATE:
            yield Notice(str(path), "a picture without a plate (ccpd_np)")
        elif (split := own_split(names[path], found)) == "test":
            yield Notice(str(path), TEST_LEFT_OUT)
        else:
            yield _sample(path, path.relative_to(root).as_posix(), split)


def _listed(root: Path) -> dict[str, str]:
    """The split of each file name that a list in `splits/` has: those of CCPD2019 are train, val, test, ccpd_*."""
    found = {}
    for file in sorted((root / "splits").glob("*.txt")):
        split = file.stem if file.stem in ("train", "val") else "test"
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            name = line.strip().rpartition("/")[2]
            if name and (split != "test" or name not in found):
                found[name] = split
    return found


def _sample(path: Path, name: str, split: str | None) -> Item:
    try:
        text, points = parse_name(path.name)
    except ValueError as error:
        return Problem(str(path), str(error))
    return Sample(name, path, (Annotation(text, points),), None, split, str(path))


def parse_name(name: str) -> tuple[str, Points]:
    """Text of the plate, and its corners top left, top right, bottom right, bottom left.

    Raises:
        ValueError: it is no such name; the text says what is wrong.
    """
    fields = name.rpartition(".")[0].split("-")
    if len(fields) != _FIELDS:
        raise ValueError(f"expected a file name {_EXPECTED}, got {len(fields)} of 7 parts: {name!r}")
    return _text(fields[4]), _corners(fields[3])


def _corners(field: str) -> Points:
    found = [_POINT.fullmatch(point) for point in field.split("_")]
    points = [(int(match[1]), int(match[2])) for match in found if match]
    if len(found) != 4 or len(points) != 4:
        raise ValueError(f"expected four corners X&Y_X&Y_X&Y_X&Y, got {field!r}")
    bottom_right, bottom_left, top_left, top_right = points
    return (top_left, top_right, bottom_right, bottom_left)


def _text(field: str) -> str:
    indices = field.split("_")
    if len(indices) not in (7, 8):
        raise ValueError(f"expected the indices of 7 or 8 characters, got {len(indices)}: {field!r}")
    tables = [PROVINCES, ALPHABETS] + [ADS] * (len(indices) - 2)
    return "".join(_character(index, table) for index, table in zip(indices, tables, strict=True))


def _character(index: str, table: str) -> str:
    last = len(table) - 1
    if not re.fullmatch("[0-9]{1,3}", index) or int(index) > last:
        raise ValueError(f"expected an index of a character, 0 to {last - 1}, got {index!r}")
    if int(index) == last:
        raise ValueError(f"index {index} is CCPD's sign for no character")
    return table[int(index)]
