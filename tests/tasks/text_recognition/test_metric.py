"""The metrics by hand, and PaddleX's two against their published formula with an edit distance of the test's own."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ocrflow.tasks.text_recognition.metric import Z_95, is_correct, score, wilson_interval

texts = st.text(st.sampled_from("aAbß é\u0301\u3000\t𠀋\ud800\udc80"), max_size=8)
many_pairs = st.lists(st.tuples(texts, texts), max_size=12)
unhurried = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def distance(left: str, right: str) -> int:
    """Fewest characters to put in, leave out or replace, row by row."""
    row = list(range(len(right) + 1))
    for place, character in enumerate(left, 1):
        above, row = row, [place]
        for column, other in enumerate(right, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (character != other)))
    return row[-1]


def paddlex(pairs: list[tuple[str, str]]) -> tuple[float, float]:
    """acc = right / (n + 1e-5); norm_edit_dis = 1 - sum of distance / longer length / (n + 1e-5); without spaces."""
    bare = [(label.replace(" ", ""), text.replace(" ", "")) for label, text in pairs]
    shares = [distance(*pair) / max(*map(len, pair), 1) for pair in bare]
    divisor = len(pairs) + 0.00001
    return sum(label == text for label, text in bare) / divisor, 1 - sum(shares) / divisor


def test_by_hand():
    pairs = [
        ("abcd", "abcd"),  # right
        ("a bc", "abc"),  # right but for the space: 1 edit of 4 characters
        ("abcd", "abxd"),  # 1 edit, distance 1/4
        ("ab", ""),  # 2 edits, distance 1
        ("x", "xyz"),  # 2 edits, distance 2/3
    ]
    metrics = score(pairs)
    assert (metrics.rows, metrics.right, metrics.edits, metrics.characters) == (5, 2, 6, 15)
    assert metrics.acc == 2 / 5.00001
    assert metrics.exact == 1 / 5
    assert metrics.norm_edit_dis == pytest.approx(1 - (1 / 4 + 1 + 2 / 3) / 5.00001, abs=1e-15)
    assert metrics.cer == 6 / 15
    assert metrics.wer == (2 + 1 + 1 + 1) / 6


@pytest.mark.parametrize("rows", [1, 3, 16, 1000])
def test_all_right_is_what_paddlex_prints(rows):
    metrics = score([("é ✓", "é ✓")] * rows)
    assert metrics.acc == rows / (rows + 1e-5) < 1
    assert (metrics.norm_edit_dis, metrics.exact, metrics.cer, metrics.wer) == (1, 1, 0, 0)
    assert metrics.acc_ignore_case == metrics.acc_ignore_space == metrics.acc_ignore_case_space == 1


@unhurried
@given(many_pairs)
@example([])
@example([("", "")])
@example([(" ", ""), ("a b", " ab ")])
def test_acc_and_norm_edit_dis_are_paddlexs(pairs):
    metrics, (acc, norm_edit_dis) = score(pairs), paddlex(pairs)
    assert metrics.acc == acc
    assert metrics.norm_edit_dis == pytest.approx(norm_edit_dis, rel=0, abs=1e-12)
    assert metrics.edits == sum(distance(*pair) for pair in pairs)


@unhurried
@given(many_pairs)
def test_shares_are_in_order_and_in_range(pairs):
    metrics = score(pairs)
    assert 0 <= metrics.exact <= metrics.acc_ignore_case <= metrics.acc_ignore_case_space <= 1
    assert metrics.exact <= metrics.right / max(metrics.rows, 1) <= metrics.acc_ignore_space
    assert metrics.acc_ignore_space <= metrics.acc_ignore_case_space
    assert 0 <= metrics.norm_edit_dis <= 1 and metrics.cer >= 0
    assert metrics.interval[0] <= metrics.acc <= metrics.interval[1]


@unhurried
@given(many_pairs)
def test_label_and_text_may_change_places(pairs):
    metrics, mirrored = score(pairs), score([(text, label) for label, text in pairs])
    symmetric = (
        "acc",
        "norm_edit_dis",
        "exact",
        "acc_ignore_case",
        "acc_ignore_space",
        "acc_ignore_case_space",
        "edits",
    )
    assert [getattr(metrics, name) for name in symmetric] == [getattr(mirrored, name) for name in symmetric]


@unhurried
@given(many_pairs, many_pairs)
def test_counts_add_up(first, second):
    together, parts = score(first + second), (score(first), score(second))
    for name in ("rows", "right", "edits", "characters"):
        assert getattr(together, name) == sum(getattr(part, name) for part in parts)


@pytest.mark.parametrize(
    ("label", "text", "right", "case", "space", "case_space"),
    [
        ("a b", "ab", True, 0, 1, 1),
        ("ab", "Ab", False, 1, 0, 1),
        ("Straße", "STRASSE", False, 1, 0, 1),
        ("a b", "AB", False, 0, 0, 1),
        ("a\u3000b", "ab", False, 0, 1, 1),  # only U+0020 is nothing to acc
        ("a\tb", "a b", False, 0, 1, 1),
        ("\u00e9", "e\u0301", False, 0, 0, 0),  # nothing is normalised
        ("\ud800", "\udc80", False, 0, 0, 0),
    ],
)
def test_what_each_accuracy_leaves_out(label, text, right, case, space, case_space):
    metrics = score([(label, text)])
    assert is_correct(label, text) is right and metrics.right == right
    assert (metrics.acc_ignore_case, metrics.acc_ignore_space, metrics.acc_ignore_case_space) == (
        case,
        space,
        case_space,
    )
    assert metrics.exact == 0


def test_a_code_point_is_one_character():
    assert score([("𠀋", "中")]).edits == 1
    assert score([("e\u0301", "e")]).cer == 1 / 2


def test_words():
    metrics = score([("the old man", "the oldman"), ("one", "one"), ("", "x")])
    assert metrics.wer == (2 + 0 + 1) / 4
    assert metrics.plain["wer"] == metrics.wer
    alone = score([("one", "two"), ("ein", "ein")])
    assert alone.wer is None and "wer" not in alone.plain


def test_empty_label_and_text():
    metrics = score([("", ""), ("", "a")])
    assert (metrics.acc, metrics.cer, metrics.exact) == (1 / 2.00001, 1.0, 0.5)


def test_no_rows():
    metrics = score([])
    assert metrics.plain == {
        "acc": 0.0,
        "norm_edit_dis": 1.0,
        "cer": 0.0,
        "exact": 0.0,
        "acc_ignore_case": 0.0,
        "acc_ignore_space": 0.0,
        "acc_ignore_case_space": 0.0,
    }
    assert metrics.interval == (0.0, 1.0)


def test_reads_a_generator_once():
    assert score((label, label) for label in ("a", "b")).rows == 2


def test_wilson_by_hand():
    assert wilson_interval(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-7)
    assert wilson_interval(0, 10) == pytest.approx((0, Z_95**2 / (10 + Z_95**2)))
    assert wilson_interval(10, 10)[1] == 1


@unhurried
@given(st.integers(1, 10**7).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))))
def test_the_ends_of_wilsons_interval_are_so_many_deviations_away(counts):
    right, rows = counts
    low, high = wilson_interval(right, rows)
    assert 0 <= low <= right / rows <= high <= 1
    for end in (low, high):
        assert abs(right / rows - end) == pytest.approx(Z_95 * sqrt(end * (1 - end) / rows), rel=1e-5, abs=1e-9)
