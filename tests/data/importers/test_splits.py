from __future__ import annotations

import pytest

from ocrflow.data.importers.splits import named_split, own_split


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("ch4_training_images", "train"),
        ("Challenge4_Test_Task1_GT", "test"),
        ("det_gt_val.txt", "val"),
        ("0325updated.task1train(626p)", "train"),
        ("latest", None),
        ("values", None),
        ("train_and_val", None),
        ("images", None),
    ],
)
def test_a_name_says_its_split_by_whole_words(name: str, split: str | None) -> None:
    assert named_split(name) == split


@pytest.mark.parametrize(
    ("found", "split_of"),
    [
        ({"train", "val"}, {"train": "train", "val": "val"}),
        ({"train", "test"}, {"train": "train", "test": "val"}),
        ({"train", "val", "test"}, {"train": "train", "val": "val", "test": "test"}),
        ({"train", "val", None}, {None: None}),
        ({"train"}, {"train": None}),
        ({"test"}, {"test": None}),
        ({None}, {None: None}),
    ],
)
def test_a_source_divides_only_when_it_has_both_sides(
    found: set[str | None], split_of: dict[str | None, str | None]
) -> None:
    assert {name: own_split(name, found) for name in split_of} == split_of
