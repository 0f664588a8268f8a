"""Whether a reading's score says how sure it is, and from which score on readings can be trusted.

Expected calibration error and reliability table with bins of one width are those of C. Guo et al., On Calibration of
Modern Neural Networks, ICML 2017, equation (3): bin m of M holds the scores above (m - 1) / M, up to and with m / M.
A text's score is mostly near 1, so that one bin may hold all rows; a second table therefore divides the rows evenly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocrflow.tasks.text_recognition.metric import wilson_interval

BINS = 10
PRECISION = 0.99  # the share of right readings that the threshold is to give


@dataclass(frozen=True)
class ReliabilityBin:
    """The rows with `above` < score <= `up_to` (the first bin has 0 as well).

    Attributes:
        rows, right: how many there are, and how many of them are right.
        mean_score, acc: their mean score and share of right rows; None without rows.
    """

    above: float
    up_to: float
    rows: int
    right: int
    mean_score: float | None
    acc: float | None

    @property
    def gap(self) -> float:
        """How far mean score and share of right rows are apart; 0 without rows."""
        return abs(self.mean_score - self.acc) if self.mean_score is not None and self.acc is not None else 0.0


@dataclass(frozen=True)
class Threshold:
    """The score from which on readings are right often enough, chosen so that it keeps as many rows as possible.

    Attributes:
        wanted: the precision asked for.
        score: rows with a score of at least this are kept; None when no threshold reaches `wanted`.
        rows, share: how many rows it keeps, and which share of all that is.
        precision: share of right rows among them; None without rows.
        precision_low: lower end of Wilson's 95 % interval of `precision`: what few rows do not prove is below `wanted`.
    """

    wanted: float
    score: float | None
    rows: int
    share: float
    precision: float | None
    precision_low: float | None


@dataclass(frozen=True)
class Calibration:
    """How scores and right rows go together.

    Attributes:
        rows: rows with a finite score; only these are looked at.
        invalid_scores: rows whose score is infinite or not a number.
        expected_calibration_error: mean over the rows of |mean score - share of right rows| of their bin, 0..1.
        mean_score, acc: over all bins; a mean score above acc means that the model is too sure. None without rows.
        bins: the reliability table, 10 bins of one width.
        tenths: the same for up to 10 bins of about equally many rows, lowest scores first; equal scores stay together.
        threshold: the score that gives 99 % precision.
    """

    rows: int
    invalid_scores: int
    expected_calibration_error: float
    mean_score: float | None
    acc: float | None
    bins: list[ReliabilityBin]
    tenths: list[ReliabilityBin]
    threshold: Threshold


def calibration_of(scores: Sequence[float], right: Sequence[bool]) -> Calibration:
    """Compare the score of each row, 0..1 (what is outside is moved to the nearer end), with whether the row is right.

    Raises:
        ValueError: the lengths differ.
    """
    scores_N, right_N = np.asarray(scores, np.float64), np.asarray(right, bool)
    if scores_N.shape != right_N.shape:
        raise ValueError(f"expected one score a row, got {scores_N.size} scores of {right_N.size} rows")
    finite_N = np.isfinite(scores_N)
    valid_N, valid_right_N = np.clip(scores_N[finite_N], 0.0, 1.0), right_N[finite_N]
    bins = _table([number / BINS for number in range(1, BINS + 1)], valid_N, valid_right_N)
    return Calibration(
        rows=valid_N.size,
        invalid_scores=scores_N.size - valid_N.size,
        expected_calibration_error=sum(item.rows * item.gap for item in bins) / max(valid_N.size, 1),
        mean_score=_mean(valid_N),
        acc=_mean(valid_right_N),
        bins=bins,
        tenths=_table(_tenths(valid_N), valid_N, valid_right_N),
        threshold=threshold_for(valid_N, valid_right_N, PRECISION, scores_N.size),
    )


def threshold_for(scores_N: np.ndarray, right_N: np.ndarray, precision: float, rows_in_all: int) -> Threshold:
    """The threshold that keeps most rows of those whose kept rows are right with at least `precision`.

    Args:
        scores_N, right_N: finite scores, and whether the row is right.
        rows_in_all: what `share` is a share of.
    """
    order_N = np.argsort(-scores_N, kind="stable")
    falling_N, right_so_far_N = scores_N[order_N], np.cumsum(right_N[order_N])
    last_of_its_score_N = np.append(falling_N[1:] != falling_N[:-1], True)[: falling_N.size]
    precise_N = right_so_far_N / np.arange(1, falling_N.size + 1) >= precision
    places = np.flatnonzero(last_of_its_score_N & precise_N)
    if not places.size:
        return Threshold(precision, None, 0, 0.0, None, None)
    place = int(places[-1])
    kept, kept_right = place + 1, int(right_so_far_N[place])
    low = wilson_interval(kept_right, kept)[0]
    return Threshold(precision, float(falling_N[place]), kept, kept / rows_in_all, kept_right / kept, low)


def _tenths(scores_N: np.ndarray) -> list[float]:
    """The highest score of each bin, if the rows are divided evenly."""
    last_places = {max(0, -(-scores_N.size * number // BINS) - 1) for number in range(1, BINS + 1)}
    return np.unique(np.sort(scores_N)[sorted(last_places)]).tolist() if scores_N.size else []


def _table(up_to: list[float], scores_N: np.ndarray, right_N: np.ndarray) -> list[ReliabilityBin]:
    bin_N = np.searchsorted(up_to, scores_N, side="left")
    table = []
    for number, (low, high) in enumerate(zip([0.0, *up_to], up_to, strict=False)):
        inside, inside_right = scores_N[bin_N == number], right_N[bin_N == number]
        counts = inside.size, int(inside_right.sum())
        table.append(ReliabilityBin(low, high, *counts, _mean(inside), _mean(inside_right)))
    return table


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if values.size else None
