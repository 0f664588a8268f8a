"""Batches: which rows come together, and how they are made."""

from __future__ import annotations

import threading
import time
from collections import Counter

import cv2
import numpy as np
import pytest

from ocrflow.data.labels import Row
from ocrflow.errors import DataError
from ocrflow.inference.ctc_decode import CtcCodec
from ocrflow.inference.preprocess import resize_normalize
from ocrflow.tasks.text_recognition.batches import (
    BUCKET_STEP,
    epoch_batches,
    make_batch,
    make_samples,
    plan_epoch,
    training_image,
)

CODEC = CtcCodec(list("abc"))


def samples_of(widths: list[int], base_width: int = 96):
    rows = [Row(f"{index}.png", "abc"[: index % 4] or "a b", index + 1) for index in range(len(widths))]
    return make_samples(rows, [(48, width) for width in widths], CODEC, base_width)


def plan(samples, global_size: int, ranks: int, seed: int = 0):
    return plan_epoch(samples, global_size, ranks, np.random.default_rng(seed))


@pytest.fixture
def many():
    return samples_of(np.random.default_rng(1).integers(20, 900, 157).tolist())


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "batches"]


def wait_for_no_threads() -> bool:
    end = time.monotonic() + 5
    while threads() and time.monotonic() < end:
        time.sleep(0.02)
    return not threads()


def test_samples():
    (narrow, wide) = samples_of([50, 150])
    assert (narrow.content_width, narrow.padded_width, narrow.classes) == (50, 96, [1, 4, 2])
    assert (wide.index, wide.content_width, wide.padded_width, wide.classes) == (1, 150, 150, [1])


@pytest.mark.parametrize(("global_size", "ranks"), [(1, 1), (8, 1), (8, 2), (16, 4), (4, 4), (1000, 2), (7, 3)])
def test_every_sample_once_and_no_batch_smaller_than_the_ranks(many, global_size, ranks):
    batches = plan(many, global_size, ranks)
    assert Counter(sample.index for batch in batches for sample in batch) == Counter(range(len(many)))
    assert all(ranks <= len(batch) < global_size + ranks for batch in batches)


@pytest.mark.parametrize(
    "widths", [[96, 300], [96] * 8 + [300], [96, 300, 700], [96] + [300] * 8, [96, 300] + [700] * 8]
)
@pytest.mark.parametrize("ranks", [2, 4])
def test_small_buckets_join_their_neighbour(widths, ranks):
    batches = plan(samples_of(widths), 4, ranks)
    assert sorted(sample.index for batch in batches for sample in batch) == list(range(len(widths)))
    assert len(batches) == 1 or all(len(batch) >= ranks for batch in batches)


def test_fewer_rows_than_ranks_make_one_batch():
    assert [len(batch) for batch in plan(samples_of([96, 300]), 8, 4)] == [2]


def test_widths_of_a_batch_are_similar(many):
    for batch in plan(many, 8, 1):
        widths = [sample.padded_width for sample in batch]
        assert max(widths) <= BUCKET_STEP * min(widths)


def test_plan_depends_on_the_generator_alone(many):
    indices = [[[sample.index for sample in batch] for batch in plan(many, 8, 2, seed)] for seed in (5, 5, 6)]
    assert indices[0] == indices[1] != indices[2]
    assert [len(batch) for batch in indices[0]] != sorted(len(batch) for batch in indices[0])  # buckets are mixed


@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_parts_of_the_ranks_are_disjoint_and_complete(many, ranks):
    batches = plan(many, 9, ranks)
    seen = {rank: [] for rank in range(ranks)}

    def image_of(rank):
        return lambda sample: (seen[rank].append(sample.index), np.zeros((48, sample.content_width, 3), np.uint8))[1]

    parts = [list(epoch_batches(batches, rank, ranks, image_of(rank))) for rank in range(ranks)]
    assert sorted(index for indices in seen.values() for index in indices) == list(range(len(many)))
    for step, batch in enumerate(batches):
        sizes = [len(part[step].lengths_B) for part in parts]
        assert sum(sizes) == len(batch) == parts[0][step].global_size
        assert max(sizes) - min(sizes) <= 1


def test_batch_is_what_the_exported_model_sees():
    """Without augmentation, up to the padding to the widest of the batch."""
    samples = samples_of([50, 150, 60])
    pictures = [
        np.random.default_rng(i).integers(0, 256, (48, s.content_width, 3), np.uint8) for i, s in enumerate(samples)
    ]
    batch = make_batch(samples, 7, lambda sample: pictures[sample.index])
    assert batch.images_B3HW.shape == (3, 3, 48, 150) and batch.images_B3HW.dtype == np.float32
    for image, picture in zip(batch.images_B3HW, pictures, strict=True):
        expected = resize_normalize(picture, 150)
        assert np.abs(image - expected).max() < 1e-6
    assert batch.labels_BL.tolist() == [[1, 4, 2], [1, 0, 0], [1, 2, 0]]
    assert batch.lengths_B.tolist() == [3, 1, 2]
    assert batch.global_size == 7


@pytest.fixture
def folder(tmp_path):
    for index in range(6):
        picture = np.random.default_rng(index).integers(0, 256, (30, 40 + 10 * index, 3), np.uint8)
        cv2.imwrite(str(tmp_path / f"{index}.png"), picture)
    return tmp_path


def test_images_depend_on_seed_epoch_and_row_alone(folder):
    samples = samples_of([64 + 16 * index for index in range(6)])
    first = [training_image(folder, 0.9, 3, 1)(sample) for sample in samples]
    again = [training_image(folder, 0.9, 3, 1)(sample) for sample in samples[::-1]][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert all(image.shape == (48, sample.content_width, 3) for image, sample in zip(first, samples, strict=True))
    for seed, epoch in ((4, 1), (3, 2)):
        other = [training_image(folder, 0.9, seed, epoch)(sample) for sample in samples]
        assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_no_augmentation(folder):
    (sample, *_) = samples_of([64])
    image = training_image(folder, 0.0, 3, 1)(sample)
    assert np.array_equal(image, cv2.resize(cv2.imread(str(folder / "0.png")), (64, 48)))


def test_a_missing_image_is_told_to_the_consumer(folder):
    samples = samples_of([64] * 6)
    (folder / "4.png").unlink()
    made = 0
    with pytest.raises(DataError, match=r"4\.png: no such file"):
        for _ in epoch_batches([[sample] for sample in samples], 0, 1, training_image(folder, 0.5, 3, 1)):
            made += 1
    assert made == 4
    assert wait_for_no_threads()


def test_any_error_is_told(many):
    def fail(sample):
        raise MemoryError("no room")

    with pytest.raises(MemoryError, match="no room"):
        next(epoch_batches([many[:3]], 0, 1, fail))


def test_closing_early_ends_the_thread(many):
    batches = epoch_batches([[sample] for sample in many], 0, 1, lambda s: np.zeros((48, s.content_width, 3), np.uint8))
    next(batches)
    assert threads()
    batches.close()
    assert wait_for_no_threads()


def test_only_a_few_are_made_ahead(many):
    made = []

    def image(sample):
        made.append(sample.index)
        return np.zeros((48, sample.content_width, 3), np.uint8)

    batches = epoch_batches([[sample] for sample in many], 0, 1, image)
    next(batches)
    time.sleep(0.3)
    assert 1 <= len(made) <= 6
    batches.close()
    assert wait_for_no_threads()
