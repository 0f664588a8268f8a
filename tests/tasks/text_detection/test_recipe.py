"""Samples for training a detector."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.data.labels import Row, read_rows
from ocrflow.errors import DataError
from ocrflow.tasks.text_detection.augment import View
from ocrflow.tasks.text_detection.recipe import Job, Recipe, _seen
from ocrflow.tasks.text_detection.targets import db_targets


def recipe_of(root: Path, **changes) -> Recipe:
    settings = {"size": 96, "longest_side": 320, "strength": 0.5, "seed": 3}
    return Recipe(root=root, list_file=root / "train.txt", **settings | changes)


def row_of(tmp_path: Path, boxes: list, hw: tuple[int, int] = (96, 96)) -> Row:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((*hw, 3), 90, np.uint8))
    items = [{"transcription": text, "points": points} for text, points in boxes]
    return Row("a.png", json.dumps(items), 1)


def same(first, second) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_sample_depends_on_seed_epoch_and_place_alone(scenes):
    row = read_rows(scenes / "train.txt")[0]
    sample = recipe_of(scenes).make(Job(2, 5, row))
    assert same(sample, pickle.loads(pickle.dumps(recipe_of(scenes))).make(Job(2, 5, row)))
    others = [recipe_of(scenes).make(Job(3, 5, row)), recipe_of(scenes).make(Job(2, 6, row))]
    others.append(recipe_of(scenes, seed=4).make(Job(2, 5, row)))
    assert not any(same(sample, other) for other in others)
    assert sample.image_SS3.shape == (96, 96, 3)
    assert all(map_SS.shape == (96, 96) for map_SS in sample[1:])


def test_the_targets_are_those_of_the_polygons(tmp_path):
    points = [[20, 30], [80, 34], [80, 60], [20, 56]]
    row = row_of(tmp_path, [("plate", points)])
    sample = recipe_of(tmp_path, strength=0.0).make(Job(1, 0, row))
    expected = db_targets([np.array(points)], [False], (96, 96))
    assert np.array_equal(sample.shrink_map, expected.shrink_map) and sample.shrink_map.any()
    assert np.allclose(sample.threshold_map, expected.threshold_map)
    assert np.array_equal(sample.threshold_mask, expected.threshold_mask)
    assert sample.shrink_mask.all()


@pytest.mark.parametrize("text", ["###", "*"])
def test_ignored_texts_are_masked(tmp_path, text):
    row = row_of(tmp_path, [(text, [[20, 30], [80, 30], [80, 60], [20, 60]])])
    sample = recipe_of(tmp_path, strength=0.0).make(Job(1, 0, row))
    assert not sample.shrink_map.any()
    assert not sample.shrink_mask[32:58, 22:78].any() and sample.shrink_mask[:28].all()


@pytest.mark.parametrize(("text_right", "is_text"), [(110, True), (180, False)])
def test_a_text_of_which_too_much_is_cut_off_is_left_out(text_right, is_text):
    """The view ends at 96: there are 76 of 90 columns of the one text, 76 of 160 of the other."""
    polygon = np.array([[20, 30], [text_right, 30], [text_right, 60], [20, 60]], np.float64)
    part, ignored = _seen(View(np.eye(2, 3), 96), polygon, False)
    assert ignored is not is_text
    assert part.max(axis=0).tolist() == [96, 60]
    assert _seen(View(np.eye(2, 3), 96), polygon, True)[1]
    assert _seen(View(np.eye(2, 3), 96), polygon + 100, False) is None


def test_an_image_without_texts(tmp_path):
    sample = recipe_of(tmp_path).make(Job(1, 0, row_of(tmp_path, [])))
    assert not sample.shrink_map.any() and not sample.threshold_mask.any()
    assert sample.shrink_mask.all()


def test_faults_name_the_row(tmp_path):
    row = row_of(tmp_path, [])
    with pytest.raises(DataError, match=r"train\.txt:1: 'a\.png'"):
        recipe_of(tmp_path).make(Job(1, 0, Row("a.png", "[1]", 1)))
    (tmp_path / "a.png").unlink()
    with pytest.raises(DataError, match=r"a\.png: no such file"):
        recipe_of(tmp_path).make(Job(1, 0, row))


def test_texts_shrink_less_from_epoch_to_epoch(tmp_path):
    """0.4 in the first of ten epochs, 0.58 in the last, as with PaddleOCR's `total_epoch`."""
    recipe = recipe_of(tmp_path, strength=0.0, epochs=10)
    assert [round(recipe.shrink_ratio(epoch), 3) for epoch in (1, 6, 10)] == [0.4, 0.5, 0.58]
    row = row_of(tmp_path, [("plate", [[10, 20], [86, 20], [86, 60], [10, 60]])])
    first, last = recipe.make(Job(1, 0, row)), recipe.make(Job(10, 0, row))
    assert last.shrink_map.sum() > 1.2 * first.shrink_map.sum()
    steady = recipe_of(tmp_path, strength=0.0, epochs=10, ratios=(0.4, 0.4))
    assert same(steady.make(Job(1, 0, row)), steady.make(Job(10, 0, row)))
