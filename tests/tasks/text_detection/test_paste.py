"""Texts of other images pasted into a view: where they are, that they cover nothing, that all processes agree."""

from __future__ import annotations

import numpy as np
import pytest

from ocrflow.data.labels import read_rows
from ocrflow.errors import DataError
from ocrflow.tasks.text_detection.paste import MARGIN, donor_of, paste
from ocrflow.tasks.text_detection.recipe import Job, Recipe

TEXT = np.array([[10, 20], [70, 20], [70, 40], [10, 40]], np.float64)


def donor(value: int = 200) -> np.ndarray:
    """Grey with a bright text at `TEXT`."""
    image = np.full((60, 90, 3), 50, np.uint8)
    image[20:40, 10:70] = value
    return image


def bounds(polygon: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return polygon.min(axis=0), polygon.max(axis=0)


def pasted(seed: int, taken=(), texts=(TEXT,), size: int = 200) -> tuple[np.ndarray, list[np.ndarray]]:
    view = np.zeros((size, size, 3), np.uint8)
    return paste(view, list(taken), donor(), list(texts), 1.0, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(8))
def test_a_polygon_is_where_its_text_is(seed):
    image, polygons = pasted(seed)
    if not polygons:  # drawn too large or too small
        return
    low, high = bounds(polygons[0])
    rows, columns = np.nonzero(image[:, :, 0] > 100)
    assert np.abs([columns.min() - low[0], rows.min() - low[1]]).max() < 2
    assert np.abs([columns.max() + 1 - high[0], rows.max() + 1 - high[1]]).max() < 2
    sides = np.linalg.norm(np.diff(polygons[0], axis=0), axis=1)
    assert sides[0] / sides[1] == pytest.approx(3)  # its shape is kept
    assert abs(int((image[:, :, 0] > 100).sum()) - sides[0] * sides[1]) < 0.1 * sides[0] * sides[1]
    assert image[rows, columns].max() == 200 and (image > 0).sum() < 1.3 * 3 * sides[0] * sides[1]


def test_most_texts_find_a_place():
    assert sum(bool(pasted(seed)[1]) for seed in range(40)) > 25


def test_no_text_is_covered():
    taken = [np.array([[0, 60], [200, 60], [200, 120], [0, 120]], np.float64)]
    found = 0
    for seed in range(40):
        image, polygons = pasted(seed, taken, [TEXT] * 15)
        assert not image[60:120].any()
        boxes = [bounds(polygon) for polygon in polygons]
        for index, (low, high) in enumerate(boxes):
            assert (low >= 0).all() and (high <= 200).all()
            for other_low, other_high in boxes[:index]:
                assert (high + MARGIN - 1 <= other_low).any() or (other_high + MARGIN - 1 <= low).any()
        found = max(found, len(boxes))
    assert found >= 2  # a fifth of the texts are tried


def test_what_cannot_be_pasted_changes_nothing():
    everywhere = [np.array([[0, 0], [200, 0], [200, 200], [0, 200]], np.float64)]
    outside, thin = TEXT + 500, TEXT * [1, 0.05]
    for arguments in ({"taken": everywhere}, {"texts": []}, {"texts": [outside]}, {"texts": [thin]}, {"size": 16}):
        image, polygons = pasted(1, **arguments)
        assert not polygons and not image.any()


def test_donors_are_other_rows_and_the_same_in_every_process(scenes):
    rows = read_rows(scenes / "train.txt")
    chosen = [donor_of(rows, place, 0.5, 3, epoch) for epoch in range(1, 26) for place in range(len(rows))]
    assert chosen == [donor_of(rows, place, 0.5, 3, epoch) for epoch in range(1, 26) for place in range(len(rows))]
    assert not any(row is rows[number % len(rows)] for number, row in enumerate(chosen))
    assert 0.35 < sum(row is not None for row in chosen) / len(chosen) < 0.65
    assert {row.image for row in chosen if row} == {row.image for row in rows}
    assert donor_of(rows, 0, 0.0, 3, 1) is None and donor_of(rows[:1], 0, 1.0, 3, 1) is None


def test_samples_have_the_pasted_texts_in_their_targets(scenes):
    rows = read_rows(scenes / "train.txt")
    recipe = Recipe(scenes, scenes / "train.txt", 160, 320, 0.5, 3)
    more = 0
    for place, row in enumerate(rows):
        alone, given = recipe.make(Job(1, place, row)), recipe.make(Job(1, place, row, rows[place - 1]))
        more += int(given.threshold_mask.sum() > alone.threshold_mask.sum())
        assert (given.shrink_map >= alone.shrink_map).all()
    assert more >= len(rows) // 2


def test_a_bad_donor_is_named(scenes):
    row = read_rows(scenes / "train.txt")[0]
    with pytest.raises(DataError, match=r"none\.jpg: no such file"):
        Recipe(scenes, scenes / "train.txt", 64, 320, 0.5, 3).make(Job(1, 0, row, row.__class__("none.jpg", "[]", 9)))
