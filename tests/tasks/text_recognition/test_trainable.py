"""Rows that cannot be trained on."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.data.labels import Row, RowList
from ocrflow.errors import DataError
from ocrflow.tasks.text_recognition.trainable import refuse_untrainable


def refuse(*texts: str, width: int = 48, base_width: int = 96) -> None:
    rows = [Row(f"{index}.png", text, index + 10) for index, text in enumerate(texts)]
    refuse_untrainable(RowList("train", Path("D/train.txt"), rows), [(48, width)] * len(rows), list("abc"), base_width)


def test_all_good():
    refuse("a", "abcabcabcabc", "aaaaaa", "a b")  # 12, 11 steps; an input of 96 has 12


def test_every_bad_row_is_named():
    with pytest.raises(DataError) as caught:
        refuse("ab", "abcabcabcabca", "", " ", "axß", "aaaaaaa")
    text = str(caught.value)
    assert text.startswith("D/train.txt: 5 of 6 rows cannot be trained on\n")
    assert "D/train.txt:11: 'abcabcabcabca' needs 13 time steps, an input of 96 pixels has 12" in text
    assert "D/train.txt:12: " in text and "D/train.txt:13: " in text
    assert "D/train.txt:14: 'x' (U+0078), 'ß' (U+00DF) not in dict.txt" in text
    assert "D/train.txt:15: 'aaaaaaa' needs 13 time steps" in text
    assert "D/train.txt:10" not in text
    assert "fix: ocrflow check-dataset" in text


def test_wider_inputs_say_more():
    refuse("abcabcabcabca", base_width=104)
    refuse("abcabcabcabca", width=101)


def test_very_many_are_counted():
    with pytest.raises(DataError, match=r"80 of 80 rows cannot(.|\n)*train.txt:59: (.|\n)*\.\.\. and 30 more\n"):
        refuse(*["x"] * 80)
