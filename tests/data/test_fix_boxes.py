"""Correcting detection labels."""

from __future__ import annotations

import io
import json
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ocrflow.data.boxes import parse_boxes
from ocrflow.data.decoder import decode
from ocrflow.data.fix_boxes import corrected_polygons, corrected_values, turned_label

SIZE = (100, 50)
SQUARE = [[10, 10], [20, 10], [20, 20], [10, 20]]


def label(*points: object, text: str = "ab", **keys: object) -> str:
    """A label with a box for each polygon."""
    return json.dumps([{"transcription": text, "points": item, **keys} for item in points], ensure_ascii=False)


def polygons(content: str, size: tuple[int, int] | None = SIZE) -> tuple[list[object], list[str]]:
    """The polygons after correction, and the rules."""
    rules: list[str] = []
    corrected = corrected_polygons(content, size, lambda rule, before, after: rules.append(rule))
    if not rules:
        assert corrected == content
    return [item["points"] for item in json.loads(corrected)], rules


def values(content: str) -> tuple[str, list[str]]:
    """The label after correction of its values, and the rules."""
    rules: list[str] = []
    return corrected_values(content, lambda rule, before, after: rules.append(rule)), rules


def test_a_good_label_stays_byte_for_byte() -> None:
    content = '[{"points":[[10,10.0],[20,10],[20,20],[10,20]],"transcription":"é","difficult":false}]'
    assert values(content) == (content, [])
    assert polygons(content)[1] == []


def test_counter_clockwise_points_run_clockwise_from_the_top_left() -> None:
    assert polygons(label([[10, 20], [20, 20], [20, 10], [10, 10]])) == ([SQUARE], ["polygon_order"])


def test_a_clockwise_polygon_may_start_anywhere() -> None:
    assert polygons(label(SQUARE[2:] + SQUARE[:2]))[1] == []


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([[-5, -1], [20, -1], [20, 20], [-5, 20]], [[0, 0], [20, 0], [20, 20], [0, 20]]),
        ([[90, 40], [101, 40], [101, 51.5], [90, 51.5]], [[90, 40], [100, 40], [100, 50], [90, 50]]),
        ([[95, 10], [105, 13], [105, 23], [95, 20]], [[95, 10], [100, 11.5], [100, 21.5], [95, 20]]),
    ],
)
def test_what_reaches_out_is_cut_off(points: object, expected: object) -> None:
    assert polygons(label(points)) == ([expected], ["polygon_clipped"])


@pytest.mark.parametrize(
    "points",
    [
        [[200, 10], [220, 10], [220, 20], [200, 20]],
        [[10, 10], [20, 20], [20, 10], [10, 20]],
        [[10, 10], [20, 10], [30, 10], [40, 10]],
        [[10, 10], [20, 10], [20, 20]],
    ],
)
def test_what_only_a_person_can_correct_stays(points: object) -> None:
    assert polygons(label(points)) == ([points], [])


def test_without_a_size_nothing_is_cut() -> None:
    assert polygons(label([[-5, -1], [20, -1], [20, 20], [-5, 20]]), None)[1] == []


def test_a_repeated_box_goes_and_one_with_another_text_stays() -> None:
    assert polygons(label(SQUARE, SQUARE)) == ([SQUARE], ["polygon_duplicate"])
    turned = [[10, 20], [20, 20], [20, 10], [10, 10]]
    assert polygons(label(SQUARE, turned)) == ([SQUARE], ["polygon_order", "polygon_duplicate"])
    other = json.dumps([{"transcription": text, "points": SQUARE} for text in "ab"])
    assert polygons(other) == ([SQUARE, SQUARE], [])


def test_other_keys_and_boxes_are_kept() -> None:
    corrected = corrected_polygons(label(SQUARE[::-1], [[1, 2]], difficult=True), SIZE, lambda *_: None)
    first, second = json.loads(corrected)
    assert first == {"transcription": "ab", "points": SQUARE, "difficult": True}
    assert second["points"] == [[1, 2]]


def test_texts_become_numbers_and_nfc() -> None:
    corrected, rules = values(label([["10", " 10.0"], ["20", 10], ["2e1", 20]], text="e\u0301"))
    assert rules == ["nfc"]
    corrected, rules = values(label([["10", " 10.0"], ["20.5", 10], ["-.5", 20]], text="e\u0301"))
    assert rules == ["nfc", "polygon_numbers"]
    assert json.loads(corrected) == [{"transcription": "é", "points": [[10, 10], [20.5, 10], [-0.5, 20]]}]


@pytest.mark.parametrize("value", ["nan", "1_0", "１", "", "ten", None, True, [1], "9" * 30])
def test_texts_that_are_no_plain_numbers_stay(value: object) -> None:
    content = label([["1", 2], [value, 3], [4, 5], [6, 7]])
    assert values(content) == (content, [])


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x",
        "[",
        "{}",
        "1",
        "[" * 5000,
        "[1, null]",
        '[{"points": 1}]',
        label([[1e999, "1"], [1, 2]]),
        "[" + "9" * 6000 + "]",
    ],
)
def test_whatever_is_not_understood_stays(content: str) -> None:
    assert values(content) == (content, [])
    assert corrected_polygons(content, SIZE, lambda *_: None) == content
    assert turned_label(content, SIZE, 6, lambda *_: None) == content or parse_boxes(content)[0]


def test_half_characters_can_be_written() -> None:
    content = r'[{"transcription": "\ud800", "points": [[10, 20], [20, 20], [20, 10], [10, 10]]}]'
    corrected_polygons(content, SIZE, lambda *_: None).encode()


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_polygon_lies_on_the_turned_text(orientation: int) -> None:
    image = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(image).rectangle((10, 5, 39, 14), fill="black")
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    image.save(buffer, "PNG", exif=exif)
    seen = decode(buffer.getvalue())
    assert seen is not None
    drawn = label([[10, 5], [40, 5], [40, 15], [10, 15]])
    points = parse_boxes(turned_label(drawn, SIZE, orientation, lambda *_: None))[0][0].points
    rows, columns = np.nonzero(seen[:, :, 0] == 0)
    left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    assert points == ((left, top), (right, top), (right, bottom), (left, bottom))


numbers = st.integers(-20, 130) | st.floats(-20, 130).map(lambda value: round(value, 3))
shapes = st.lists(st.tuples(numbers, numbers).map(list), min_size=3, max_size=6)
boxes = st.lists(st.tuples(st.sampled_from(["a", "###", "e\u0301"]), shapes), max_size=4)


@given(boxes, st.data())
def test_a_corrected_label_is_not_corrected_again(found: list[tuple[str, object]], data: st.DataObject) -> None:
    found += data.draw(st.lists(st.sampled_from(found), max_size=2)) if found else []
    content = json.dumps([{"transcription": text, "points": points} for text, points in found], ensure_ascii=False)
    once = corrected_polygons(values(content)[0], SIZE, lambda *_: None)
    assert values(once) == (once, [])
    assert corrected_polygons(once, SIZE, lambda *_: None) == once
    assert all(unicodedata.is_normalized("NFC", box.text) for box in parse_boxes(once)[0])
