"""What can be wrong with the JSON of a detection label and with its points."""

from __future__ import annotations

from typing import Any

from anchor_cases import ORPHAN, RowDamage, at, relabelled, row_three
from anchor_toy import Toy, box


def points(value: Any) -> RowDamage:
    """Gives the second box of a row other points."""

    def damage(toy: Toy, file: str, line: int) -> None:
        boxes = toy.boxes(file, line)
        boxes[1]["points"] = value
        toy.rebox(file, line, boxes)

    return damage


def second(**keys: Any) -> RowDamage:
    """Gives the second box of a row other keys; those that are `...` are removed."""

    def damage(toy: Toy, file: str, line: int) -> None:
        boxes = toy.boxes(file, line)
        boxes[1] = {key: value for key, value in (boxes[1] | keys).items() if value is not ...}
        toy.rebox(file, line, boxes)

    return damage


def reboxed(boxes: Any) -> RowDamage:
    """Gives a row other boxes, or any other JSON value."""
    return lambda toy, file, line: toy.rebox(file, line, boxes)


def number_text(toy: Toy, file: str, line: int, literal: str) -> None:
    """Writes a JSON literal in the place of a coordinate."""
    text = toy.row(file, line)[1]
    toy.relabel(file, line, text.replace("[20,", f"[{literal},", 1))


def coordinate(literal: str) -> RowDamage:
    """A row with a coordinate that Python would not write so."""
    return lambda toy, file, line: number_text(toy, file, line, literal)


def single_quotes(toy: Toy, file: str, line: int) -> None:
    """The label as Python prints it."""
    toy.relabel(file, line, repr(toy.boxes(file, line)))


def tab_inside(toy: Toy, file: str, line: int) -> None:
    """A raw tab in a transcription."""
    toy.relabel(file, line, toy.row(file, line)[1].replace("second", "sec\tond"))


BOX = [[20, 50], [120, 50], [120, 74], [20, 74]]

JSON_FORM = [
    *at("empty label", "boxes_not_json", relabelled("")),
    row_three("label of spaces", "boxes_not_json", relabelled("  ")),
    *at("invalid JSON", "boxes_not_json", relabelled('[{"transcription": "a", "points": [[1, 2]')),
    row_three("a word", "boxes_not_json", relabelled("word")),
    *at("single quotes", "boxes_not_json", single_quotes),
    row_three("text behind the JSON", "boxes_not_json", relabelled("[] []")),
    *at("an object for the list", "boxes_wrong_shape", reboxed(box(10, 10))),
    *[row_three(f"{value!r} for the list", "boxes_wrong_shape", reboxed(value)) for value in (7, None, "a", True)],
    *[
        row_three(f"{value!r} for a box", "boxes_wrong_shape", reboxed([box(5, 5), value]))
        for value in (7, None, "a", [])
    ],
    *at("no transcription", "boxes_wrong_shape", second(transcription=...)),
    row_three("no points", "boxes_wrong_shape", second(points=...)),
    *[
        row_three(f"transcription {value!r}", "boxes_wrong_shape", second(transcription=value))
        for value in (5, None, ["a"], False)
    ],
    *at("a tab in a transcription", "list_columns", tab_inside, may=ORPHAN),
]

POINTS = [
    *[row_three(f"{count} points", "polygon_too_few_points", points(BOX[:count])) for count in (1, 2, 3)],
    *at("two points", "polygon_too_few_points", points([[20, 50], [120, 74]])),
    row_three("no point", "polygon_too_few_points", points([])),
    row_three("a flat list", "polygon_wrong_shape", points([20, 50, 120, 50, 120, 74, 20, 74])),
    row_three("null for the points", "polygon_wrong_shape", points(None)),
    row_three("ragged points", "polygon_wrong_shape", points([[20, 50], [120], [120, 74], [20, 74]])),
    row_three("three numbers a point", "polygon_wrong_shape", points([[*point, 1] for point in BOX])),
    row_three("points in 3-D", "polygon_wrong_shape", points([BOX])),
    row_three("letters", "polygon_wrong_shape", points([["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]])),
    row_three("numbers in quotes", "polygon_wrong_shape", points([[str(x), str(y)] for x, y in BOX])),
    row_three("null for a coordinate", "polygon_wrong_shape", points([[20, None], *BOX[1:]])),
    row_three("true for a coordinate", "polygon_wrong_shape", points([[True, 50], *BOX[1:]])),
    *at("NaN", "polygon_not_finite", coordinate("NaN")),
    row_three("Infinity", "polygon_not_finite", coordinate("Infinity")),
    row_three("-Infinity", "polygon_not_finite", coordinate("-Infinity")),
    row_three("1e999", "polygon_not_finite", coordinate("1e999")),
    *at("10^12", "polygon_huge", coordinate("1000000000000")),
    row_three("-10^12", "polygon_huge", coordinate("-1e12")),
    row_three("a number of 400 digits", "polygon_huge", coordinate("1" * 400)),
    row_three("a number of 9000 digits", "polygon_huge", coordinate("1" * 9000)),
]
