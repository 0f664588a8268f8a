"""The charts of a detector's evaluation."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ocrflow.errors import OutsideError
from ocrflow.report.detection_charts import write_detection_charts
from ocrflow.tasks.text_detection.tables import tables_of

BOX = [[0, 0], [100, 0], [100, 20], [0, 20]]


def predictions(score):
    truth = {"points": BOX, "text": "x", "box": 0, "counts": True}
    box = {"points": BOX, "score": score, "truth": 0, "counts": True}
    return [{"truth": [truth, truth | {"box": None}], "boxes": [box]}]


def test_the_picture_follows_the_numbers(tmp_path):
    for name, rows in (("a", predictions(0.9)), ("b", predictions(0.5)), ("c", [])):
        write_detection_charts(tmp_path / f"{name}.png", tables_of(rows))
    pictures = [np.asarray(Image.open(tmp_path / f"{name}.png")) for name in "abc"]
    assert all(picture.shape == (800, 1300, 3) for picture in pictures)
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutsideError):
        write_detection_charts(tmp_path / "file" / "a.png", tables_of([]))
