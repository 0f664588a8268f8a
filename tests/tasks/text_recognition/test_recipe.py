"""How a training picture is made."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest

from ocrflow.errors import DataError
from ocrflow.tasks.text_recognition.recipe import Job, Recipe


@pytest.fixture
def folder(tmp_path):
    for index in range(6):
        picture = np.random.default_rng(index).integers(0, 256, (30, 40 + 10 * index, 3), np.uint8)
        cv2.imwrite(str(tmp_path / f"{index}.png"), picture)
    return tmp_path


def jobs(epoch: int) -> list[Job]:
    return [Job(epoch, index, ((f"{index}.png", 64 + 16 * index),)) for index in range(6)]


def test_pictures_depend_on_seed_epoch_and_row_alone(folder):
    first = [Recipe(folder, 0.9, 3).make(job) for job in jobs(1)]
    again = [Recipe(folder, 0.9, 3).make(job) for job in jobs(1)[::-1]][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert [picture.shape for picture in first] == [(48, 64 + 16 * index, 3) for index in range(6)]
    for seed, epoch in ((4, 1), (3, 2)):
        other = [Recipe(folder, 0.9, seed).make(job) for job in jobs(epoch)]
        assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_no_augmentation(folder):
    picture = Recipe(folder, 0.0, 3).make(jobs(1)[0])
    assert np.array_equal(picture, cv2.resize(cv2.imread(str(folder / "0.png")), (64, 48)))


def test_pieces_come_side_by_side(folder):
    recipe, pieces = Recipe(folder, 0.0, 3), (("2.png", 70), ("5.png", 90), ("2.png", 20))
    alone = [recipe.make(Job(1, 0, (piece,))) for piece in pieces]
    assert np.array_equal(recipe.make(Job(1, 0, pieces)), np.hstack(alone))


def test_a_missing_image_is_named(folder):
    (folder / "4.png").unlink()
    with pytest.raises(DataError, match=r"4\.png: no such file"):
        Recipe(folder, 0.5, 3).make(jobs(1)[4])


@pytest.mark.parametrize("module", ["data_worker_main", "text_recognition.recipe", "text_recognition.loader"])
def test_making_pictures_does_not_need_paddle(module):
    code = f"import sys, ocrflow.tasks.{module}; sys.exit('paddle' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
