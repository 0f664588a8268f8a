"""Which rows come together."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from ocrflow.data.labels import Row
from ocrflow.inference.ctc_decode import CtcCodec
from ocrflow.tasks.text_recognition.batches import Sample, make_samples
from ocrflow.tasks.text_recognition.plan import FULL_BATCH_WIDTH, SPREAD, join_some, plan_epoch

CODEC = CtcCodec(list("abc"))


def samples_of(widths: list[int], base_width: int = 96, text: str = "") -> list[Sample]:
    rows = [Row(f"{index}.png", text or "abc"[: index % 4] or "a b", index + 1) for index in range(len(widths))]
    return make_samples(rows, [(48, width) for width in widths], CODEC, base_width)


def plan(samples, global_size: int, ranks: int, seed: int = 0):
    return plan_epoch(samples, global_size, ranks, np.random.default_rng(seed))


@pytest.fixture
def many():
    return samples_of(np.random.default_rng(1).integers(20, 900, 157).tolist())


@pytest.mark.parametrize(("global_size", "ranks"), [(1, 1), (8, 1), (8, 2), (16, 4), (4, 4), (1000, 2), (7, 3)])
def test_every_sample_once_and_no_batch_smaller_than_the_ranks(many, global_size, ranks):
    batches = plan(many, global_size, ranks)
    assert Counter(sample.index for batch in batches for sample in batch) == Counter(range(len(many)))
    assert all(ranks <= len(batch) < global_size + ranks for batch in batches)


@pytest.mark.parametrize(
    "widths", [[96, 300], [96] * 8 + [300], [96, 300, 700], [96] + [300] * 8, [96, 300] + [700] * 8]
)
@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_odd_distributions(widths, ranks):
    batches = plan(samples_of(widths), 4, ranks)
    assert sorted(sample.index for batch in batches for sample in batch) == list(range(len(widths)))
    assert len(batches) == 1 or all(len(batch) >= ranks for batch in batches)


def test_fewer_rows_than_ranks_make_one_batch():
    assert [len(batch) for batch in plan(samples_of([96, 300]), 8, 4)] == [2]


def test_batches_are_of_even_size():
    """33 rows make 17 and 16, not 32 and a single one, whose batch statistics would be of one image."""
    assert sorted(len(batch) for batch in plan(samples_of([90] * 33), 32, 1)) == [16, 17]
    assert {len(batch) for batch in plan(samples_of(list(range(100, 1060, 10))), 8, 1)} == {8}


def test_widths_of_a_batch_are_similar():
    samples = samples_of(np.random.default_rng(1).integers(20, 900, 4000).tolist())
    for batch in plan(samples, 8, 1):
        widths = [sample.padded_width for sample in batch]
        assert max(widths) <= (1 + SPREAD) * min(widths) + 8


def test_little_of_a_batch_is_padding():
    samples = samples_of(np.random.default_rng(2).normal(150, 15, 2000).astype(int).tolist())
    padded = sum(max(sample.padded_width for sample in batch) * len(batch) for batch in plan(samples, 32, 2))
    assert padded < 1.06 * sum(sample.padded_width for sample in samples)


def test_rows_come_together_with_others_each_time(many):
    partners = [
        {(a.index, b.index) for batch in plan(many, 8, 1, seed) for a in batch for b in batch if a != b}
        for seed in (1, 2)
    ]
    assert len(partners[0] & partners[1]) < len(partners[0]) / 2


def test_very_wide_rows_come_in_smaller_batches():
    batches = plan(samples_of([3000] * 64 + [2000] * 64 + [1000] * 64), 32, 2)
    for batch in batches:
        assert len(batch) >= 2 and sum(sample.padded_width for sample in batch) <= 32 * FULL_BATCH_WIDTH
    assert {len(batch) for batch in batches} == {32, 16, 9, 10}


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_a_single_very_wide_row_takes_few_others_with_it(ranks):
    batches = plan(samples_of([3000] + [1000] * 64), 32, ranks)
    (wide,) = [batch for batch in batches if any(sample.padded_width == 3000 for sample in batch)]
    assert len(wide) == ranks
    assert min(len(batch) for batch in batches if batch is not wide) >= 20


def test_plan_depends_on_the_generator_alone(many):
    indices = [[[sample.index for sample in batch] for batch in plan(many, 8, 2, seed)] for seed in (5, 5, 6)]
    assert indices[0] == indices[1] != indices[2]
    widths = [max(sample.padded_width for sample in batch) for batch in plan(many, 8, 2)]
    assert widths != sorted(widths)


def join(samples, probability: float, seed: int = 0):
    return join_some(samples, probability, np.random.default_rng(seed))


@pytest.fixture
def short():
    return samples_of(np.random.default_rng(4).integers(40, 200, 400).tolist(), base_width=320)


def test_joined_samples_keep_their_place_and_their_input(short):
    joined = join(short, 0.5)
    assert [sample.index for sample in joined] == list(range(len(short)))
    assert [sample.padded_width for sample in joined] == [sample.padded_width for sample in short]
    assert all(new.pieces[0] == old.pieces[0] for new, old in zip(joined, short, strict=True))
    counts = Counter(len(sample.pieces) for sample in joined)
    assert 100 < counts[2] + counts[3] < 200 and counts[2] and counts[3]


def test_a_joined_label_is_that_of_its_pieces(short):
    classes_of = {sample.pieces[0]: sample.classes for sample in short}
    for sample in join(short, 1.0):
        assert sample.classes == [cls for piece in sample.pieces for cls in classes_of[piece]]
        assert sample.content_width <= sample.padded_width


def test_joining_depends_on_the_generator_and_the_probability(short):
    assert join(short, 0.0) == short
    assert join(short, 0.5, seed=1) == join(short, 0.5, seed=1) != join(short, 0.5, seed=2)


@pytest.mark.parametrize(
    ("width", "base_width", "text"),
    [(90, 160, "ab"), (400, 320, "ab"), (20, 320, "abcabcabcabca"), (40, 88, "ababab")],
    ids=["180 of 160 columns", "no padding", "26 characters", "12 of 11 time steps"],
)
def test_what_does_not_fit_stays_alone(width, base_width, text):
    samples = samples_of([width] * 20, base_width, text)
    assert join(samples, 1.0) == samples


@pytest.mark.parametrize(
    ("width", "base_width", "text"),
    [(80, 160, "ab"), (20, 320, "abcabcabcabc"), (40, 96, "ababab"), (40, 88, "aaa")],
    ids=["160 of 160 columns", "24 characters", "12 of 12 time steps", "11 of 11 time steps"],
)
def test_what_just_fits_is_joined(width, base_width, text):
    assert {len(sample.pieces) for sample in join(samples_of([width] * 20, base_width, text), 1.0)} == {2}


def test_repeated_characters_need_a_blank_between_them():
    samples = samples_of([30] * 20, 80, "aaa")  # 6 characters, 5 blanks between, 10 time steps
    assert join(samples, 1.0) == samples


def test_as_many_batches_in_every_epoch(short):
    rng = np.random.default_rng(0)
    assert len({len(plan_epoch(join_some(short, 0.5, rng), 16, 2, rng)) for _ in range(5)}) == 1
