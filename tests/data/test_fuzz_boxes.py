"""Whatever a detection label holds: the reader never raises, and every box is usable or told."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ocrflow.data.boxes import Box, boxes_text, parse_boxes
from ocrflow.data.fault_kinds import BOXES

MANY = settings(max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

NUMBERS = st.one_of(st.integers(), st.integers(-200, 2000), st.floats(), st.sampled_from((10**400, -(10**400), 1e308)))
POINTS = st.lists(st.lists(NUMBERS, min_size=2, max_size=2), max_size=8)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=8))
JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=20,
)
ITEMS = st.one_of(
    JSON_VALUES,
    st.fixed_dictionaries({}, optional={"transcription": st.one_of(st.text(), JSON_VALUES), "points": JSON_VALUES}),
    st.fixed_dictionaries({"transcription": st.text(), "points": POINTS}, optional={"difficult": JSON_VALUES}),
)
GOOD_BOXES = st.lists(
    st.builds(
        Box,
        st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
        st.lists(st.tuples(*[st.integers(-50, 2000) | st.floats(-50, 2000)] * 2), min_size=4, max_size=12).map(tuple),
    ),
    max_size=6,
)
INSERTED = st.text(max_size=5) | st.sampled_from(("NaN", "1e999", "null", "]", "[[", '"points"'))


def assert_parsed(label: str) -> None:
    """The boxes that were read are usable, and nothing is lost in silence."""
    boxes, problems = parse_boxes(label)
    assert all(code in BOXES for code, _ in problems)
    for _, message in problems:
        assert len(message) < 1000
        message.encode()
    for box in boxes:
        assert isinstance(box.text, str)
        assert all(len(point) == 2 and all(map(math.isfinite, point)) for point in box.points)
    try:
        items = json.loads(label)
    except (ValueError, RecursionError):
        assert boxes or problems
        return
    if not isinstance(items, list):
        assert problems and not boxes
    else:
        assert len(boxes) + len(problems) >= len(items)


@MANY
@given(label=st.text())
@example(label="[" * 100_000)
@example(label="[" * 900 + "]" * 900)
@example(label='[{"transcription": "a", "points": ' + "[" * 900 + "]" * 900 + "}]")
@example(label='[{"transcription": "\\ud800", "points": [[0, 0], [9, 0], [9, 9], [0, 9]]}]')
@example(label='[{"transcription": "a", "points": [[1e999, 0], [9, 0], [9, 9], [0, 9]]}]')
@example(label='[{"transcription": "a", "points": [[' + "9" * 10_000 + ", 0], [9, 0], [9, 9], [0, 9]]}]")
@example(label="1" * 10_000)
@example(label="\ufeff[]")
@example(label="\0")
def test_any_text_for_a_label(label: str) -> None:
    assert_parsed(label)


@MANY
@given(value=st.one_of(st.lists(ITEMS, max_size=5), JSON_VALUES), ascii_only=st.booleans())
def test_any_json_for_a_label(value: Any, ascii_only: bool) -> None:
    assert_parsed(json.dumps(value, ensure_ascii=ascii_only))


@MANY
@given(boxes=GOOD_BOXES, data=st.data())
def test_a_damaged_label(boxes: list[Box], data: st.DataObject) -> None:
    label = boxes_text(boxes)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(label))] * 2)))
    assert_parsed(label[:start] + data.draw(INSERTED) + label[end:])


@MANY
@given(boxes=GOOD_BOXES)
def test_good_boxes_are_read_back(boxes: list[Box]) -> None:
    assert parse_boxes(boxes_text(boxes)) == (boxes, [])
