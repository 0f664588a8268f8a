"""PaddleX's model names."""

from __future__ import annotations

import pytest

from ocrflow.errors import UsageError
from ocrflow.models import TASK_OF_MODEL, TASKS, nearest, task_of


@pytest.mark.parametrize(
    ("model", "task"),
    [
        ("PP-OCRv6_tiny_rec", "text_recognition"),
        ("latin_PP-OCRv5_mobile_rec", "text_recognition"),
        ("ch_SVTRv2_rec", "text_recognition"),
        ("PP-OCRv5_server_det", "text_detection"),
        ("PP-OCRv6_tiny_det", "text_detection"),
    ],
)
def test_task(model, task):
    assert task_of(model) == task


def test_names_say_their_task():
    assert set(TASK_OF_MODEL.values()) == set(TASKS)
    for model, task in TASK_OF_MODEL.items():
        assert ("_det" in model) == (task == "text_detection"), model


def test_unknown_model_names_the_nearest():
    with pytest.raises(UsageError, match=r"unknown model 'PP-OCRv6_tiny_rek' \(did you mean 'PP-OCRv6_tiny_rec'\?\)"):
        task_of("PP-OCRv6_tiny_rek")


def test_nothing_is_near():
    assert nearest("xyzzy", TASK_OF_MODEL) == ""
    with pytest.raises(UsageError, match="unknown model ''\n"):
        task_of("")
