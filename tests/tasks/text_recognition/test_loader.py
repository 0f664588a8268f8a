"""The batches of a training, with and without worker processes."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter

import cv2
import numpy as np
import pytest

from ocrflow.data.labels import Row
from ocrflow.errors import DataError, OutsideError
from ocrflow.inference.ctc_decode import CtcCodec
from ocrflow.tasks.loader import PREFETCHED
from ocrflow.tasks.text_recognition import loader as loader_module
from ocrflow.tasks.text_recognition.batches import make_samples
from ocrflow.tasks.text_recognition.loader import Loader
from ocrflow.tasks.text_recognition.plan import join_some, plan_epoch
from ocrflow.tasks.text_recognition.recipe import Recipe

ROWS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crops")
    for index in range(ROWS):
        rng = np.random.default_rng(index)
        cv2.imwrite(str(folder / f"{index}.png"), rng.integers(0, 256, (30, 40 + 3 * index, 3), np.uint8))
    return folder


@pytest.fixture(scope="module")
def samples():
    rows = [Row(f"{index}.png", "abc"[: index % 3 + 1], index + 1) for index in range(ROWS)]
    return make_samples(rows, [(30, 40 + 3 * index) for index in range(ROWS)], CtcCodec(list("abc")), 160)


def plan_of(samples, size: int = 8, ranks: int = 1):
    rng = np.random.default_rng(3)
    return plan_epoch(join_some(samples, 0.5, rng), size, ranks, rng)


@pytest.fixture
def loader_with(folder):
    """A function that makes a loader; its workers end with the test."""
    loaders = []

    def make(workers: int, root=folder) -> Loader:
        loaders.append(Loader(Recipe(root, 0.5, 7), workers))
        return loaders[-1]

    yield make
    for loader in loaders:
        loader.close()


def equal(a, b) -> bool:
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in ("images_B3HW", "labels_BL", "lengths_B"))


def test_batches_are_the_same_whatever_the_number_of_workers(loader_with, samples):
    plan = plan_of(samples)
    loaders = [loader_with(workers) for workers in (0, 1, 3)]
    for epoch in (1, 2):
        here, *others = [list(loader.batches(plan, epoch)) for loader in loaders]
        assert len(here) == len(plan)
        for other in others:
            assert all(equal(a, b) for a, b in zip(here, other, strict=True))


@pytest.mark.parametrize("workers", [0, 2])
def test_every_row_once_an_epoch(loader_with, samples, workers):
    """Counted by what the network would see: each picture without augmentation is one of the files."""
    loader = Loader(Recipe(loader_with(0).recipe.root, 0.0, 7), workers)
    plan = plan_epoch(samples, 8, 1, np.random.default_rng(3))
    seen = Counter(image.tobytes()[:600] for batch in loader.batches(plan, 1) for image in batch.images_B3HW)
    loader.close()
    assert len(seen) == ROWS and set(seen.values()) == {1}


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("ranks", [2, 3])
def test_parts_of_the_ranks_are_disjoint_and_complete(loader_with, samples, workers, ranks):
    plan = plan_of(samples, 9, ranks)
    whole = list(loader_with(0).batches(plan, 1))
    parts = [list(loader_with(workers).batches(plan, 1, rank, ranks)) for rank in range(ranks)]
    for step, batch in enumerate(whole):
        sizes = [len(part[step].lengths_B) for part in parts]
        assert sum(sizes) == len(batch.lengths_B) == parts[0][step].global_size
        assert max(sizes) - min(sizes) <= 1
        for rank, part in enumerate(parts):
            images = part[step].images_B3HW
            assert np.array_equal(images, batch.images_B3HW[rank::ranks, :, :, : images.shape[3]])


@pytest.fixture
def own_folder(folder, tmp_path):
    for file in folder.iterdir():
        os.link(file, tmp_path / file.name)
    return tmp_path


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_a_bad_file_is_named_and_stops(loader_with, own_folder, samples, workers):
    plan = plan_epoch(samples, 4, 1, np.random.default_rng(3))
    at = next(number for number, batch in enumerate(plan) for sample in batch if sample.index == 17)
    (own_folder / "17.png").unlink()
    (own_folder / "17.png").write_bytes(b"no picture")
    made = 0
    with pytest.raises(DataError, match=r"17\.png"):
        for _ in loader_with(workers, own_folder).batches(plan, 1):
            made += 1
    assert made == at
    assert not [thread for thread in threading.enumerate() if thread.name == "batches"]


def test_a_killed_worker_stops_the_training(loader_with, samples):
    loader = loader_with(2)
    batches = loader.batches(plan_of(samples, 2), 1)
    next(batches)
    loader.samples._running[1].process.kill()
    with pytest.raises(OutsideError, match="SIGKILL"):
        list(batches)
    assert not loader.samples._running


def test_an_epoch_left_early_does_not_spoil_the_next(loader_with, samples):
    loader, plan = loader_with(2), plan_of(samples)
    batches = loader.batches(plan, 1)
    next(batches)
    batches.close()
    assert not loader.samples._running
    expected = list(loader_with(0).batches(plan, 2))
    assert all(equal(a, b) for a, b in zip(expected, loader.batches(plan, 2), strict=True))


def test_workers_live_from_epoch_to_epoch_and_end_with_the_loader(folder, samples):
    loader = Loader(Recipe(folder, 0.5, 7), 2)
    list(loader.batches(plan_of(samples), 1))
    processes = [worker.process for worker in loader.samples._running]
    list(loader.batches(plan_of(samples), 2))
    assert [worker.process for worker in loader.samples._running] == processes
    assert len(processes) == 2 and all(process.poll() is None for process in processes)
    del loader
    assert all(process.wait(5) is not None for process in processes)


def test_only_a_few_batches_are_made_ahead(loader_with, samples, monkeypatch):
    made = []
    original = loader_module.make_batch
    monkeypatch.setattr(loader_module, "make_batch", lambda *args: made.append(0) or original(*args))
    batches = loader_with(2).batches(plan_of(samples, 1), 1)
    next(batches)
    time.sleep(0.5)
    assert len(made) <= PREFETCHED + 2
    batches.close()
