"""Samples made by a thread or by processes are the same."""

from __future__ import annotations

import threading

import pytest

from ocrflow.data.labels import read_rows
from ocrflow.errors import DataError
from ocrflow.tasks.loader import SampleLoader
from ocrflow.tasks.text_detection.recipe import Job, Recipe


@pytest.fixture
def parts(scenes):
    rows = read_rows(scenes / "train.txt")
    return [[Job(1, place, rows[place]) for place in places] for places in ([0, 3], [1], [2, 4, 5])]


def loader_of(scenes, workers):
    return SampleLoader(Recipe(scenes, scenes / "train.txt", 64, 320, 0.5, 3), workers)


def batch_of(place, samples):
    return place, [sample.image_SS3.tobytes() + sample.threshold_map.tobytes() for sample in samples]


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_make_what_the_thread_makes(scenes, parts, workers):
    expected = list(loader_of(scenes, 0).batches(parts, batch_of))
    assert [(place, len(samples)) for place, samples in expected] == [(0, 2), (1, 1), (2, 3)]
    loader = loader_of(scenes, workers)
    assert list(loader.batches(parts, batch_of)) == expected
    assert list(loader.batches(parts, batch_of)) == expected  # the next epoch
    assert len(loader._running) == workers
    loader.close()
    assert not loader._running


@pytest.mark.parametrize("workers", [0, 2])
def test_a_bad_image_is_named(scenes, parts, workers):
    bad = parts[1][0]._replace(row=read_rows(scenes / "train.txt")[1].__class__("none.jpg", "[]", 9))
    loader = loader_of(scenes, workers)
    with pytest.raises(DataError, match=r"none\.jpg: no such file"):
        list(loader.batches([parts[0], [bad], parts[2]], batch_of))
    assert not loader._running
    loader.close()


@pytest.mark.parametrize("workers", [0, 1])
def test_closing_early_ends_thread_and_workers(scenes, parts, workers):
    loader = loader_of(scenes, workers)
    batches = loader.batches(parts * 4, batch_of)
    next(batches)
    batches.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "batches"]
    assert not loader._running
