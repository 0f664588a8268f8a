"""Whatever bytes the lists, the dictionary and an image hold: the gate ends with a verdict, never with a traceback."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from anchor_judge import config_of, judge
from anchor_toy import DETECTION, DICT, RECOGNITION, TRAIN, VAL, Toy, picture_png
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrflow.data.fault_kinds import KINDS
from ocrflow.stages.base import run_stage

FEW = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
PATHS = st.one_of(
    st.sampled_from(("images/t01.png", "images/v01.png", "images", "", ".", "/", "..", "~", "images/t01.png/")),
    st.text(max_size=12),
).map(lambda path: path.encode("utf-8", "replace"))
TEXTS = st.one_of(
    st.sampled_from(
        ("AB 1", "[]", "null", '[{"transcription": "a", "points": [[1, 1], [9, 1], [9, 9], [1, 9]]}]', "###")
    ),
    st.text(max_size=12),
    st.lists(st.lists(st.integers() | st.floats(), max_size=3), max_size=5).map(
        lambda points: json.dumps([{"transcription": "a", "points": points}])
    ),
).map(lambda text: text.encode("utf-8", "replace"))
ENDS = st.sampled_from((b"\n", b"\n", b"\r\n", b"\xff\n", b"\t\n", b""))
LISTS = st.lists(st.tuples(PATHS, st.sampled_from((b"\t", b"\t", b" ")), TEXTS, ENDS), max_size=8).map(
    lambda rows: b"".join(map(b"".join, rows))
)
BYTES = st.binary(max_size=40)


def damaged_png(spans: list[tuple[int, bytes]]) -> bytes:
    """A PNG with other bytes in some places."""
    content = picture_png(RECOGNITION, 1)
    for place, data in spans:
        content = content[:place] + data + content[place + len(data) :]
    return content


IMAGES = st.lists(st.tuples(st.integers(0, 3000), BYTES), max_size=3).map(damaged_png)


@FEW
@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("task", [RECOGNITION, DETECTION])
@given(train=LISTS, val=LISTS, dictionary=BYTES, image=IMAGES)
def test_the_gate_always_ends(task: str, train: bytes, val: bytes, dictionary: bytes, image: bytes) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        toy = Toy(folder / "data", task)
        for name, content in ((TRAIN, train), (VAL, val), (DICT, dictionary), ("images/t01.png", image)):
            (toy.root / name).write_bytes(content)
        verdict = judge(toy, folder / "output")
        errors = [item for item in verdict.faults if KINDS[item["code"]].severity == "error"]
        assert bool(errors) == (verdict.error is not None) == (not verdict.result["check_pass"])
        if verdict.error is None:
            assert run_stage("split", config_of(toy, folder / "output"))["train_rows"]
    finally:
        shutil.rmtree(folder)
