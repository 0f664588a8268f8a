"""The street scenes: labels lie on the plates, and the check finds nothing wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.config_file import load_config
from ocrflow.data.boxes import read_boxes
from ocrflow.data.images import read_bgr
from ocrflow.data.labels import read_rows
from ocrflow.data.polygons import bounds, is_clockwise
from ocrflow.data.synth import synthesize
from ocrflow.data.synth.command import synth
from ocrflow.data.synth.dice import Dice
from ocrflow.data.synth.scene_backdrop import backdrop
from ocrflow.data.synth.scene_image import scene_image
from ocrflow.errors import UsageError
from ocrflow.stages.base import run_stage


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scenes") / "set"
    synthesize(folder, style="scenes", num_samples=12, seed=2, workers=1)
    return folder


def test_labels_lie_inside_of_the_pictures(scenes: Path) -> None:
    rows = [(scenes / name, row) for name in ("train.txt", "val.txt") for row in read_rows(scenes / name)]
    assert len(rows) == 12 and not (scenes / "dict.txt").exists()
    for file, row in rows:
        height, width = read_bgr(scenes / row.image).shape[:2]
        for box in read_boxes(row, file):
            left, top, right, bottom = bounds(box.points)
            assert left >= 0 and top >= 0 and right <= width and bottom <= height
            assert is_clockwise(box.points) and (box.ignored or 5 <= len(box.text) <= 8)


def test_pictures_hold_no_to_four_plates_and_some_that_are_too_far_away() -> None:
    readable, far, turned = [], 0, 0
    for index in range(60):
        image, plates = scene_image(Dice(5, 3, index))
        readable.append(sum(text != "###" for text, _ in plates))
        for text, corners in plates:
            left, _, right, _ = bounds(tuple(corners))
            far += text == "###"
            if text == "###":
                assert right - left < 0.06 * image.width
            turned += abs(corners[1][1] - corners[0][1]) > 0.3 * abs(corners[1][0] - corners[0][0])
    assert set(readable) <= {0, 1, 2, 3, 4} and {0, 1, 2} <= set(readable) and far >= 10 and turned >= 5


def test_the_plates_are_where_the_labels_say() -> None:
    """A picture varies in the labelled quads."""
    image, plates = scene_image(Dice(5, 3, 0))
    assert plates and all(len(corners) == 4 for _, corners in plates)
    for _, corners in plates:
        left, top, right, bottom = (round(value) for value in bounds(tuple(corners)))
        inside = image.crop((left, top, right, bottom)).convert("L")
        assert len(set(inside.tobytes())) > 40


def test_a_backdrop_has_the_size_that_was_asked_for() -> None:
    assert backdrop(Dice(1), (480, 360)).size == (480, 360)


def test_the_check_finds_nothing_wrong(scenes: Path, tmp_path: Path) -> None:
    settings = [f"Global.dataset_dir={scenes}", f"Global.output={tmp_path / 'out'}"]
    result = run_stage("check_dataset", load_config("PP-OCRv6_tiny_det", None, settings))
    assert result["check_pass"] and set(result["faults"]) <= {"boxes_none"}  # a street without a plate


def test_a_style_of_another_task_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="asked for is text_recognition"):
        synth(str(tmp_path / "x"), "text_recognition", "scenes", 4, 0, 50)
