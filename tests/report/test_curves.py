"""The picture of a training."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from ocrflow.errors import OutsideError
from ocrflow.report.curves import draw

EPOCHS = [
    {"epoch": 0, "step": 0, "acc": 0.0, "norm_edit_dis": 0.05},
    *(
        {
            "epoch": epoch,
            "step": 10 * epoch,
            "loss": 20.0 / epoch,
            "learning_rate": 0.001 * (6 - epoch) / 5,
            **({"acc": 0.18 * epoch, "norm_edit_dis": 0.5 + 0.09 * epoch} if epoch != 3 else {}),
        }
        for epoch in range(1, 6)
    ),
]


def write(path, epochs):
    path.write_text("".join(json.dumps(epoch) + "\n" for epoch in epochs), encoding="utf-8")
    return path


def test_three_panels_with_curves(tmp_path):
    draw(write(tmp_path / "metrics.jsonl", EPOCHS), tmp_path / "curves.png")
    picture = Image.open(tmp_path / "curves.png").convert("RGB")
    assert picture.width > 1200 and 300 < picture.height < 600
    pixels = np.asarray(picture).astype(int)
    coloured = (pixels.max(axis=2) - pixels.min(axis=2)) > 60
    thirds = np.array_split(coloured, 3, axis=1)
    assert all(third.sum() > 200 for third in thirds)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["curves.png", "metrics.jsonl"]


def test_the_picture_follows_the_numbers(tmp_path):
    draw(write(tmp_path / "a.jsonl", EPOCHS), tmp_path / "a.png")
    draw(write(tmp_path / "b.jsonl", EPOCHS), tmp_path / "b.png")
    draw(write(tmp_path / "c.jsonl", EPOCHS[:3]), tmp_path / "c.png")
    pictures = [np.asarray(Image.open(tmp_path / f"{name}.png")) for name in "abc"]
    assert np.array_equal(pictures[0], pictures[1])
    assert pictures[0].shape != pictures[2].shape or not np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize("epochs", [[], EPOCHS[:1]])
def test_little_to_draw(tmp_path, epochs):
    draw(write(tmp_path / "metrics.jsonl", epochs), tmp_path / "curves.png")
    assert Image.open(tmp_path / "curves.png").width > 1200


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutsideError, match="cannot write"):
        draw(write(tmp_path / "metrics.jsonl", EPOCHS), tmp_path / "file" / "curves.png")
