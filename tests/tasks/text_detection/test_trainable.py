"""What is refused before the first step."""

from __future__ import annotations

import dataclasses
import json
import shutil

import pytest

from ocrflow.config import GlobalSection, RunConfig
from ocrflow.data.lists import lists_of
from ocrflow.errors import DataError
from ocrflow.tasks.text_detection.trainable import refuse_untrainable


@pytest.fixture
def lists(scenes, tmp_path):
    dataset = shutil.copytree(scenes, tmp_path / "data")
    section = GlobalSection(model="PP-OCRv6_tiny_det", dataset_dir=str(dataset), output=str(tmp_path / "out"))
    return lists_of(RunConfig(Global=section))


def with_labels(lists, text):
    rows = [dataclasses.replace(row, text=text) for row in lists.val]
    return dataclasses.replace(lists, val=rows)


def test_good_lists_pass(lists):
    refuse_untrainable(lists)
    assert (lists.dictionary, lists.dict_file, lists.dict_sha256) == ([], None, None)


def test_missing_images_and_labels_are_all_named(lists):
    (lists.root / lists.train[2].image).unlink()
    lists.train[4] = dataclasses.replace(lists.train[4], text="no json")
    with pytest.raises(DataError) as caught:
        refuse_untrainable(lists)
    message = str(caught.value)
    assert "train.txt: 2 faults in 8 rows" in message
    assert f"train.txt:3: {lists.train[2].image}: no such file" in message
    assert f"train.txt:5: {lists.train[4].image}: " in message
    assert "ocrflow check-dataset" in message


@pytest.mark.parametrize("boxes", [[], [{"transcription": "###", "points": [[0, 0], [9, 0], [9, 9], [0, 9]]}]])
def test_a_list_without_a_text_to_find(lists, boxes):
    with pytest.raises(DataError, match=r"val\.txt: no text to find in 4 images"):
        refuse_untrainable(with_labels(lists, json.dumps(boxes)))
