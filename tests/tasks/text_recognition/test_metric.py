"""The metrics by hand."""

from __future__ import annotations

import pytest

from ocrflow.tasks.text_recognition.metric import Metrics, is_correct, score


def test_by_hand():
    pairs = [
        ("abcd", "abcd"),  # right
        ("a bc", "abc"),  # right but for the space: 1 edit of 4 characters
        ("abcd", "abxd"),  # 1 edit, distance 1/4
        ("ab", ""),  # 2 edits, distance 1
        ("x", "xyz"),  # 2 edits, distance 2/3
    ]
    metrics = score(pairs)
    assert metrics.rows == 5
    assert metrics.acc == 2 / 5
    assert metrics.exact == 1 / 5
    assert metrics.norm_edit_dis == pytest.approx(1 - (1 / 4 + 1 + 2 / 3) / 5)
    assert metrics.cer == pytest.approx((1 + 1 + 2 + 2) / (4 + 4 + 4 + 2 + 1))


def test_all_right_is_exactly_one():
    assert score([("é✓", "é✓")] * 3) == Metrics(acc=1.0, norm_edit_dis=1.0, cer=0.0, exact=1.0, rows=3)


def test_spaces_count_only_in_cer_and_exact():
    metrics = score([("ab", " a b ")])
    assert (metrics.acc, metrics.norm_edit_dis, metrics.cer, metrics.exact) == (1.0, 1.0, 1.5, 0.0)
    assert is_correct("a b", "ab")
    assert not is_correct("a b", "a c")


def test_empty_label_and_text():
    assert score([("", ""), ("", "a")]) == Metrics(acc=0.5, norm_edit_dis=0.5, cer=1.0, exact=0.5, rows=2)


def test_no_rows():
    assert score([]) == Metrics(0.0, 0.0, 0.0, 0.0, 0)


def test_reads_a_generator_once():
    assert score((label, label) for label in ("a", "b")).rows == 2
