"""Calibration by hand, and by what must hold of any scores."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import inf, nan

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocrflow.tasks.text_recognition.calibration import BINS, calibration_of, threshold_for
from ocrflow.tasks.text_recognition.metric import wilson_interval

# coarse scores are often equal, and lie on the edges of the bins
one_score = st.one_of(st.integers(0, 20).map(lambda number: number / 20), st.floats(0, 1))
many_rows = st.lists(st.tuples(one_score, st.booleans()), max_size=40)
unhurried = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_by_hand():
    calibration = calibration_of([0.95, 0.95, 0.85, 0.05], [True, False, True, False])
    first, last = calibration.bins[0], calibration.bins[-1]
    assert (first.above, first.up_to, first.rows, first.right, first.mean_score, first.acc) == (0, 0.1, 1, 0, 0.05, 0)
    assert (last.above, last.up_to, last.rows, last.right, last.mean_score, last.acc) == (0.9, 1, 2, 1, 0.95, 0.5)
    assert [item.rows for item in calibration.bins] == [1, 0, 0, 0, 0, 0, 0, 0, 1, 2]
    assert calibration.expected_calibration_error == pytest.approx((1 * 0.05 + 1 * 0.15 + 2 * 0.45) / 4)
    assert (calibration.mean_score, calibration.acc) == (pytest.approx(2.8 / 4), 0.5)


@pytest.mark.parametrize(
    ("score", "place"), [(0.0, 0), (0.1, 0), (0.1000001, 1), (0.3, 2), (0.6, 5), (0.7, 6), (0.9, 8), (1.0, 9)]
)
def test_a_bin_has_its_upper_edge(score, place):
    assert [item.rows for item in calibration_of([score], [True]).bins].index(1) == place


@pytest.mark.parametrize("right", [[True] * 4, [False] * 4])
def test_as_sure_as_right_has_no_error(right):
    assert calibration_of([float(item) for item in right], right).expected_calibration_error == 0


def test_sure_and_wrong_is_the_greatest_error():
    assert calibration_of([1.0, 0.0], [False, True]).expected_calibration_error == 1


def test_the_threshold_keeps_as_many_rows_as_it_can():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([True, False, True, True, False])
    threshold = threshold_for(scores, right, 0.75, 10)
    assert (threshold.score, threshold.rows, threshold.share, threshold.precision) == (0.6, 4, 0.4, 0.75)
    assert threshold.precision_low == wilson_interval(3, 4)[0]
    assert threshold_for(scores, right, 0.76, 10).score == 0.9


def test_rows_of_one_score_are_kept_together():
    threshold = threshold_for(np.array([0.9, 0.9, 0.8]), np.array([True, False, True]), 0.99, 3)
    assert (threshold.score, threshold.rows, threshold.precision) == (None, 0, None)


def test_exactly_99_of_100_is_enough():
    scores = [1 - number / 1000 for number in range(100)]
    threshold = calibration_of(scores, [number != 50 for number in range(100)]).threshold
    assert (threshold.rows, threshold.share, threshold.precision) == (100, 1.0, 0.99)
    assert threshold.score == scores[-1]


def test_scores_that_are_no_shares():
    calibration = calibration_of([nan, inf, -inf, 1.0000001, -0.5], [True, True, False, True, False])
    assert (calibration.rows, calibration.invalid_scores) == (2, 3)
    assert (calibration.bins[0].rows, calibration.bins[-1].rows) == (1, 1)
    assert calibration.threshold.share == 1 / 5
    json.dumps(asdict(calibration), allow_nan=False)


@pytest.mark.parametrize("scores", [[], [nan]])
def test_no_rows(scores):
    calibration = calibration_of(scores, [True] * len(scores))
    assert (calibration.rows, calibration.expected_calibration_error, calibration.mean_score) == (0, 0, None)
    assert len(calibration.bins) == BINS and calibration.tenths == []
    assert (calibration.threshold.score, calibration.threshold.share) == (None, 0)
    json.dumps(asdict(calibration), allow_nan=False)


def test_one_score_a_row():
    with pytest.raises(ValueError, match="got 2 scores of 1 rows"):
        calibration_of([0.1, 0.2], [True])


def test_tenths_divide_the_rows_evenly():
    rng = np.random.default_rng(0)
    calibration = calibration_of(list(1 - rng.random(1000) / 100), [True] * 1000)
    assert [item.rows for item in calibration.tenths] == [100] * 10
    assert [item.rows for item in calibration.bins] == [0] * 9 + [1000]


@unhurried
@given(many_rows)
def test_sums_match_the_rows(rows):
    scores, right = [score for score, _ in rows], [is_right for _, is_right in rows]
    calibration = calibration_of(scores, right)
    for table in (calibration.bins, calibration.tenths):
        assert sum(item.rows for item in table) == len(rows)
        assert sum(item.right for item in table) == sum(right)
        for number, item in enumerate(table):
            inside = [score for score in scores if item.above < score <= item.up_to]
            inside += [0.0] * scores.count(0.0) if number == 0 else []
            assert item.rows == len(inside)
            assert item.mean_score is None or item.mean_score == pytest.approx(sum(inside) / len(inside))
            assert item.acc is None or item.acc == item.right / item.rows
    assert all(item.rows for item in calibration.tenths)
    if rows:
        error = calibration.expected_calibration_error
        assert abs(calibration.mean_score - calibration.acc) - 1e-12 <= error <= 1 + 1e-12


@unhurried
@given(many_rows, st.floats(0.01, 1))
def test_no_threshold_keeps_more_rows(rows, precision):
    scores, right = np.array([row[0] for row in rows]), np.array([row[1] for row in rows], bool)
    threshold = threshold_for(scores, right, precision, len(rows))
    kept_by = {score: scores >= score for score in scores.tolist()}
    good = [int(kept.sum()) for kept in kept_by.values() if right[kept].sum() / kept.sum() >= precision]
    assert threshold.rows == max(good, default=0)
    if threshold.score is not None:
        kept = scores >= threshold.score
        assert (kept.sum(), right[kept].mean()) == (threshold.rows, pytest.approx(threshold.precision))
        assert threshold.precision_low <= threshold.precision


@unhurried
@given(many_rows, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    one, other = (calibration_of([row[0] for row in part], [row[1] for row in part]) for part in (rows, shuffled))
    assert one.threshold == other.threshold
    assert [(item.rows, item.right) for item in one.bins] == [(item.rows, item.right) for item in other.bins]
    assert one.expected_calibration_error == pytest.approx(other.expected_calibration_error)
