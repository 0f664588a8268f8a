"""Which rows come together in an epoch: every row once, rows of similar width in a batch, one plan for all processes.

The processes of a training are called ranks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ocrflow.tasks.text_recognition.batches import Sample
from ocrflow.tasks.text_recognition.checks import time_steps

SPREAD = 0.1  # how far the order of widths is shaken, so that the same rows do not always come together
FULL_BATCH_WIDTH = 1280  # rows with wider inputs come in smaller batches, which bounds the memory of a step
MOST_JOINED = 3  # pictures in one
LONGEST_JOINED = 25  # characters of a joined label, as PaddleOCR's max_text_length


def plan_epoch(samples: Sequence[Sample], global_size: int, ranks: int, rng: np.random.Generator) -> list[list[Sample]]:
    """The global batches of one epoch in random order, of even sizes; each sample is in exactly one.

    How many there are depends on the samples' widths alone. None is smaller than `ranks` if there are as many samples.
    """
    batches: list[list[Sample]] = []
    for times, group in _groups(samples, ranks):
        size = max(ranks, global_size // times)
        count = max(1, min(-(-len(group) // size), len(group) // ranks))
        widths_N = np.array([sample.padded_width for sample in group]) * rng.uniform(1, 1 + SPREAD, len(group))
        parts = np.array_split(np.argsort(widths_N, kind="stable"), count)
        batches += ([group[i] for i in part] for part in parts)
    return [batches[i] for i in rng.permutation(len(batches))]


def _groups(samples: Sequence[Sample], fewest: int) -> list[tuple[int, list[Sample]]]:
    """The samples by how many times wider than `FULL_BATCH_WIDTH` they are, rounded up.

    A group of less than `fewest` takes some of the next narrower ones in.
    """
    ordered = sorted(samples, key=lambda sample: (sample.padded_width, sample.index))
    groups, end = [], len(ordered)
    while end:
        times = _times(ordered[end - 1])
        start = min(bisect_left(ordered, times, key=_times), max(0, end - fewest))
        start = 0 if start < fewest else start
        groups.append((times, ordered[start:end]))
        end = start
    return groups


def _times(sample: Sample) -> int:
    return -(-sample.padded_width // FULL_BATCH_WIDTH)


def join_some(samples: Sequence[Sample], probability: float, rng: np.random.Generator) -> list[Sample]:
    """The samples, some with one or two others on their right, as `RecConAug` of PP-OCR's recipe does.

    Each is chosen with `probability`, and stays as it is when the drawn others do not fit: into the padding that its
    input has anyway, so that joining costs no time and no batch changes its width; into `LONGEST_JOINED` characters;
    and into the time steps that CTC needs to say the joined label. The others are trained on at their own places too.
    """
    chosen = np.flatnonzero(rng.random(len(samples)) < probability)
    others = rng.integers(len(samples), size=(len(chosen), MOST_JOINED - 1)).tolist()
    joined = list(samples)
    for place, candidates in zip(chosen.tolist(), others, strict=True):
        for other in candidates:
            longer = _joined(joined[place], samples[other])
            if longer is None:
                break
            joined[place] = longer
    return joined


def _joined(sample: Sample, other: Sample) -> Sample | None:
    if sample.content_width + other.content_width > sample.padded_width:
        return None
    classes = sample.classes + other.classes
    needed = len(classes) + sum(a == b for a, b in pairwise(classes))
    if len(classes) > LONGEST_JOINED or needed > time_steps(sample.padded_width):
        return None
    return Sample(sample.index, sample.pieces + other.pieces, sample.padded_width, classes)
