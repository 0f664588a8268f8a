"""The lines of ICDAR's ground truth.

- 2015 (incidental scene text) and SROIE: `x1,y1,x2,y2,x3,y3,x4,y4,TEXT`, clockwise; TEXT is all that follows the eighth
  comma, other commas included; `###` is a text to ignore.
- 2017 and 2019 MLT: `x1,y1,x2,y2,x3,y3,x4,y4,SCRIPT,TEXT`.
- 2013 (focused scene text): `left, top, right, bottom, "TEXT"`, or with spaces instead of commas; a backslash escapes
  quotation marks and backslashes. Without quotation marks TEXT is all that follows the fourth comma.
- word pictures: `word_1.png, "TEXT"`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from ocrflow.data.importers.sample import Annotation, Points, Problem
from ocrflow.data.importers.text_file import read_lines

SCRIPTS = frozenset(("Arabic", "Latin", "Chinese", "Japanese", "Korean", "Bangla", "Hindi", "Symbols", "Mixed", "None"))
_NUMBER = r"\s*([+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*"
_QUAD = re.compile(",".join([_NUMBER] * 8) + ",(.*)", re.DOTALL)
_RECTANGLE = re.compile(",".join([_NUMBER] * 4) + ",(.*)", re.DOTALL)
_SPACED = re.compile(r"\s+".join([_NUMBER.strip(r"\s*")] * 4) + r'\s+(".*")\s*', re.DOTALL)
_WORD = re.compile(r'([^,"]+\.(?:png|jpe?g|bmp|tiff?|webp|gif)),\s*"(.*)"\s*', re.IGNORECASE | re.DOTALL)
_REST_OF_QUAD = re.compile(f"{_NUMBER},{_NUMBER},.*", re.DOTALL)  # as text: a region of 4 points that is misspelt
_MORE_POINTS = re.compile(",".join([_NUMBER] * 6) + "(,.*)?", re.DOTALL)  # as text: a region of 7 points or more
_EXPECTED = 'x1,y1,...,x4,y4,TEXT or left, top, right, bottom, "TEXT"'


class _Region(NamedTuple):
    """One line; rectangles and regions of four points never stand in one file."""

    is_quad: bool
    text: str
    points: Points


def parse_word(line: str) -> tuple[str, str] | None:
    """File name and text of a word picture; None when the line is no such."""
    match = _WORD.fullmatch(line)
    return (match[1].strip(), _unescaped(match[2])) if match else None


def is_box_line(line: str) -> bool:
    """Whether a line gives a region and its text."""
    return _region(line) is not None


def parse_boxes_file(file: Path) -> tuple[tuple[Annotation, ...], list[Problem]]:
    """The regions of a picture, and what is wrong with the other lines. An empty file is a picture without text."""
    lines = list(read_lines(file))
    found = [line if isinstance(line, Problem) else _region(line[1]) for line in lines]
    has_quads = any(isinstance(item, _Region) and item.is_quad for item in found)
    regions: list[_Region] = []
    problems: list[Problem] = []
    for line, item in zip(lines, found, strict=True):
        if isinstance(item, _Region) and item.is_quad >= has_quads:
            regions.append(item)
        elif isinstance(line, Problem):
            problems.append(line)
        else:
            problems.append(Problem(f"{file}:{line[0]}", f"expected {_EXPECTED}; got {line[1][:80]!r}"))
    scripts = [region.text.partition(",")[0] for region in regions if "," in region.text]
    has_scripts = bool(regions) and len(scripts) == len(regions) and SCRIPTS.issuperset(scripts)
    return tuple(_annotation(region, has_scripts) for region in regions), problems


def _annotation(region: _Region, has_script: bool) -> Annotation:
    return Annotation(region.text.partition(",")[2].strip() if has_script else region.text, region.points)


def _region(line: str) -> _Region | None:
    """Text and corners of one line."""
    if (match := _QUAD.fullmatch(line)) and not _MORE_POINTS.fullmatch(match[9]):
        x1, y1, x2, y2, x3, y3, x4, y4 = (float(value) for value in match.groups()[:8])
        return _Region(True, match[9].strip(), ((x1, y1), (x2, y2), (x3, y3), (x4, y4)))
    match = _RECTANGLE.fullmatch(line) or _SPACED.fullmatch(line)
    if not match or _REST_OF_QUAD.fullmatch(match[5]):
        return None
    left, top, right, bottom = (float(value) for value in match.groups()[:4])
    text = match[5].strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = _unescaped(text[1:-1])
    return _Region(False, text, ((left, top), (right, top), (right, bottom), (left, bottom)))


def _unescaped(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text)
