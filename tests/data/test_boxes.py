"""Labels of text detection."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from ocrflow.data.boxes import Box, boxes_text, numbered_boxes, parse_boxes, read_boxes
from ocrflow.data.labels import Row
from ocrflow.errors import DataError

POINTS = "[[0, 0], [10, 0], [10, 5], [0, 5]]"
SQUARE = ((0, 0), (10, 0), (10, 5), (0, 5))


def label(points: str = POINTS, text: str = '"a"') -> str:
    return f'[{{"transcription": {text}, "points": {points}}}]'


def first_x(number: str) -> str:
    return label(f"[[{number}, 0], [10, 0], [10, 5], [0, 5]]")


GOOD = {
    "whole numbers": (label(), Box("a", SQUARE)),
    "floats": (first_x("0.5"), Box("a", ((0.5, 0), *SQUARE[1:]))),
    "negative": (first_x("-3"), Box("a", ((-3, 0), *SQUARE[1:]))),
    "ignored": (label(text='"###"'), Box("###", SQUARE)),
    "no text": (label(text='""'), Box("", SQUARE)),
    "escapes": (label(text='"\\u5ddd\\n"'), Box("川\n", SQUARE)),
    "twelve points": (
        label(json.dumps([[x, x * x] for x in range(12)])),
        Box("a", tuple((x, x * x) for x in range(12))),
    ),
    "other keys": (label().replace("}", ', "difficult": false, "key_cls": "x"}'), Box("a", SQUARE)),
    "names of keys as text": (label(text='"\\"points\\": \\"points\\""'), Box('"points": "points"', SQUARE)),
    "no spaces": (label().replace(" ", ""), Box("a", SQUARE)),
}

BAD = {
    "empty": ("", "boxes_not_json", "an empty label"),
    "spaces": ("  ", "boxes_not_json", "an empty label"),
    "word": ("word", "boxes_not_json", "column 1: Expecting value, got 'w'"),
    "single quotes": ("[{'transcription': 'a'}]", "boxes_not_json", 'column 3: .* got "\'" .JSON has double quotes'),
    "cut": (label()[:-1], "boxes_not_json", "got the end"),
    "text behind": (label() + "x", "boxes_not_json", "column 71: Extra data, got 'x'"),
    "byte order mark": ("\ufeff[]", "boxes_not_json", "column 1: "),
    "lone surrogate": ("\ud800", "boxes_not_json", "got '\\\\ud800'"),
    "deep": ("[" * 100_000, "boxes_not_json", "nested too deeply"),
    "deep objects": ('[{"points":' * 100_000, "boxes_not_json", "nested too deeply"),
    "rather deep": ("[" * 900 + "]" * 900, "boxes_wrong_shape", r"box 1: expected an object .*, got \[\[\[.*\.\.\.$"),
    "number": ("7", "boxes_wrong_shape", "expected a list of boxes, got 7"),
    "NaN": ("NaN", "boxes_wrong_shape", "expected a list of boxes, got NaN"),
    "object": ('{"transcription": "a"}', "boxes_wrong_shape", 'expected a list of boxes, got {"transcription": "a"}'),
    "list of numbers": ("[7]", "boxes_wrong_shape", "box 1: expected an object of transcription and points, got 7"),
    "no points": ('[{"transcription": "a"}]', "boxes_wrong_shape", "box 1: no key 'points' in {"),
    "no transcription": ('[{"points": []}]', "boxes_wrong_shape", "box 1: no key 'transcription' in {"),
    "text a number": (label(text="5"), "boxes_wrong_shape", "box 1: expected a string as transcription, got 5"),
    "text null": (label(text="null"), "boxes_wrong_shape", "box 1: expected a string as transcription, got null"),
    "points twice": (
        label().replace("}", f', "points": {POINTS}}}'),
        "boxes_wrong_shape",
        "box 1: transcription or points stand several times",
    ),
    "points null": (label("null"), "polygon_wrong_shape", "box 1: .*, got null"),
    "points flat": (
        label("[0, 0, 10, 0, 10, 5, 0, 5]"),
        "polygon_wrong_shape",
        r"box 1: expected points as \[\[x, y\], \.\.\.\], got \[0, 0, 10, 0, 10, 5, 0, 5\]",
    ),
    "points ragged": (label("[[0, 0], [10], [10, 5], [0, 5]]"), "polygon_wrong_shape", "box 1"),
    "points 3-D": (label(f"[{POINTS}]"), "polygon_wrong_shape", "box 1"),
    "points deep": (label("[" * 900 + "]" * 900), "polygon_wrong_shape", "box 1"),
    "points with z": (label("[[0, 0, 1], [9, 0, 1], [9, 5, 1], [0, 5, 1]]"), "polygon_wrong_shape", "box 1"),
    "points objects": (label('[{"x": 1, "y": 2}]'), "polygon_wrong_shape", "box 1"),
    "letters": (first_x('"a"'), "polygon_wrong_shape", "box 1"),
    "numeric string": (first_x('"1"'), "polygon_wrong_shape", "box 1"),
    "two letters a point": (label('["ab", "cd", "ef", "gh"]'), "polygon_wrong_shape", "box 1"),
    "true": (first_x("true"), "polygon_wrong_shape", "box 1"),
    "null for a number": (first_x("null"), "polygon_wrong_shape", "box 1"),
    "none": (label("[]"), "polygon_too_few_points", "expected 4 points at least, got 0"),
    "three": (label("[[0, 0], [10, 0], [10, 5]]"), "polygon_too_few_points", "got 3"),
    "not a number": (first_x("NaN"), "polygon_not_finite", r"box 1: expected finite numbers, got \[\[NaN, 0\]"),
    "infinite": (first_x("-Infinity"), "polygon_not_finite", "-Infinity"),
    "1e999": (first_x("1e999"), "polygon_not_finite", "Infinity"),
    "huge": (first_x("1000001"), "polygon_huge", "box 1: expected pixels within a million, got .*1000001"),
    "10^12": (first_x("-1e12"), "polygon_huge", "box 1"),
    "huge integer": (first_x("9" * 400), "polygon_huge", "box 1"),
    "integer of 100,000 digits": (first_x("9" * 100_000), "polygon_huge", "box 1"),
    "negative one": (first_x("-" + "9" * 100_000), "polygon_huge", "got .*-99"),
    "that and the end missing": (first_x("9" * 100_000)[:-1], "boxes_not_json", "got the end"),
}


@pytest.mark.parametrize(("text", "box"), GOOD.values(), ids=GOOD)
def test_boxes_are_read(text: str, box: Box) -> None:
    assert parse_boxes(text) == ([box], [])


@pytest.mark.parametrize(("text", "code", "message"), BAD.values(), ids=BAD)
def test_each_fault_has_its_code_and_says_what_was_found(text: str, code: str, message: str) -> None:
    boxes, problems = parse_boxes(text)
    assert boxes == [] and [problem[0] for problem in problems] == [code]
    assert re.search(message, problems[0][1]), problems[0][1]
    assert len(problems[0][1]) < 250
    problems[0][1].encode("utf-8")


def test_only_the_faulty_boxes_are_left_out() -> None:
    items = [json.loads(label(points))[0] for points in (POINTS, "null", POINTS, "[[1, 2]]")]
    boxes, problems = numbered_boxes(json.dumps(items))
    assert [number for number, _ in boxes] == [1, 3]
    assert [problem[0] for problem in problems] == ["polygon_wrong_shape", "polygon_too_few_points"]
    assert [problem[1][:6] for problem in problems] == ["box 2:", "box 4:"]


def test_an_empty_list_has_no_box_and_no_problem() -> None:
    assert parse_boxes("[]") == ([], []) == parse_boxes(" [ ] ")


@pytest.mark.parametrize(("text", "ignored"), [("###", True), ("*", True), ("####", False), ("**", False), ("", False)])
def test_ignore_marks(text: str, ignored: bool) -> None:
    assert Box(text, SQUARE).ignored is ignored


def test_the_text_of_boxes_is_what_was_read() -> None:
    text = '[{"transcription": "川\\n", "points": [[0, 0.5], [10, 0], [10, 5], [0, 5]]}]'
    assert boxes_text(parse_boxes(text)[0]) == text
    assert boxes_text([]) == "[]"


def test_a_lone_surrogate_stays_an_escape() -> None:
    text = label(text='"\\ud800x"')
    assert boxes_text(parse_boxes(text)[0]) == text


def test_reading_is_strict(tmp_path: Path) -> None:
    assert read_boxes(Row("a.png", label(), 3), tmp_path / "train.txt") == [Box("a", SQUARE)]
    items = json.dumps([json.loads(label("null"))[0]] * 5)
    with pytest.raises(DataError, match=r"train.txt:3: 'a.png': box 1: .*box 2: .*box 3: .*; and 2 more\n  fix: "):
        read_boxes(Row("a.png", items, 3), tmp_path / "train.txt")


@pytest.mark.parametrize(
    "text",
    [
        label(text='"' + "x" * 5_000_000 + '"'),
        label('"' + "x" * 5_000_000 + '"'),
        "[" + ",".join(['{"points":0}'] * 100_000) + "]",
        "[" + ",".join([label()[1:-1]] * 20_000) + "]",
        label("[" + ",".join(["[1,2]"] * 200_000) + "]"),
        '[{"a":{' + ",".join(f'"{number}":0' for number in range(200_000)) + "}}]",
        first_x("9" * 5_000_000),
    ],
    ids=["text", "points", "bad boxes", "good boxes", "many points", "keys", "digits"],
)
def test_large_labels_cost_little(text: str) -> None:
    start = time.process_time()
    parse_boxes(text)
    assert time.process_time() - start < 2


def test_the_number_types_stay() -> None:
    found: Any = parse_boxes(first_x("1.0"))[0][0].points
    assert type(found[0][0]) is float and type(found[0][1]) is int
