"""Running an exported detector for which bright pixels are text."""

from __future__ import annotations

import shutil

import cv2
import numpy as np
import pytest

from ocrflow.errors import DataError, OutsideError
from ocrflow.inference import detector as module
from ocrflow.inference.detector import Detector
from ocrflow.inference.onnx_file import write_onnx


@pytest.fixture(scope="module")
def detector(exported_detector):
    return Detector(exported_detector, batch_size=2)


def scene(height, width, *rectangles):
    """Black, with white rectangles (left, top, right, bottom)."""
    image = np.zeros((height, width, 3), np.uint8)
    for left, top, right, bottom in rectangles:
        image[top:bottom, left:right] = 255
    return image


SCENES = [
    scene(160, 320, (40, 60, 140, 90)),
    scene(160, 320),
    scene(96, 64, (10, 30, 50, 50)),
    scene(160, 320, (40, 60, 140, 90), (200, 20, 280, 50)),
    scene(480, 640, (80, 120, 280, 180)),
    scene(1, 1),
    scene(20, 25, (5, 5, 20, 15)),
]


def test_finds_the_rectangles(detector):
    found = detector.predict(SCENES)
    assert [len(boxes) for boxes in found] == [1, 0, 1, 2, 1, 0, 1]
    (box,) = found[0]
    left, top = np.min(box.points, axis=0)
    right, bottom = np.max(box.points, axis=0)
    assert left < 40 and top < 60 and right > 140 and bottom > 90  # grown, as a detector's regions are shrunk
    assert abs((left + right) / 2 - 90) <= 1 and abs((top + bottom) / 2 - 75) <= 1
    assert 0.9 < box.score <= 1
    assert box.plain == {"points": [list(point) for point in box.points], "score": box.score}


def test_boxes_are_in_pixels_of_the_image(detector):
    """A scene of 480 x 640 runs at half its size."""
    ((box,),) = detector.predict([SCENES[4]])
    centre = np.mean(box.points, axis=0)
    assert np.abs(centre - (180, 150)).max() <= 2


def test_batches_give_what_single_images_give(detector):
    assert detector.predict(SCENES) == [detector.predict([image])[0] for image in SCENES]


def test_on_a_card_large_images_run_in_smaller_batches(exported_detector, monkeypatch):
    detector = Detector(exported_detector, batch_size=8, threads=1)
    monkeypatch.setattr(module, "BATCH_PIXELS", 2 * 160 * 320)
    sizes = []
    run = detector.runner.run
    monkeypatch.setattr(detector.runner, "run", lambda batch, alone: (sizes.append(batch.shape), run(batch))[1])
    images = [SCENES[0]] * 5 + [SCENES[2]] * 3
    on_cpu = detector.predict(images)
    assert {size[0] for size in sizes} == {1}
    sizes.clear()
    detector.runner.on_card = True
    assert detector.predict(images) == on_cpu
    assert [(size[0], size[3]) for size in sizes] == [(2, 320), (2, 320), (1, 320), (3, 64)]


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_engines_find_the_same(detector, exported_detector, tmp_path, engine):
    model_dir = shutil.copytree(exported_detector, tmp_path / "model")
    write_onnx(model_dir)
    other = Detector(model_dir, engine=engine, threads=2)
    assert other.runner.name == engine
    for expected, found in zip(detector.predict(SCENES), other.predict(SCENES), strict=True):
        assert [box.points for box in found] == [box.points for box in expected]
        assert [box.score for box in found] == pytest.approx([box.score for box in expected], abs=1e-4)


def test_files_in_order_with_faults_between(detector, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 2)
    paths = [tmp_path / f"{index}.png" for index in range(5)]
    for path in paths:
        cv2.imwrite(str(path), SCENES[3])
    paths[1].write_bytes(b"no image")
    paths[4].unlink()
    results = list(detector.predict_files(paths))
    assert [isinstance(result, DataError) for result in results] == [False, True, False, False, True]
    assert "1.png" in str(results[1]) and "4.png" in str(results[4])
    assert results[0] == results[2] == results[3] == detector.predict([SCENES[3]])[0]


def test_nothing(detector):
    assert detector.predict([]) == []
    assert list(detector.predict_files([])) == []


def test_what_is_no_image_is_refused(detector):
    with pytest.raises(DataError, match="must be H x W x 3"):
        detector.predict([np.zeros((5, 5), np.uint8)])


def test_damaged_files_are_refused(exported_detector, tmp_path):
    model_dir = shutil.copytree(exported_detector, tmp_path / "model")
    (model_dir / "inference.json").write_text("{", encoding="utf-8")
    with pytest.raises(OutsideError, match="Paddle cannot load the model"):
        Detector(model_dir)


def test_name(detector):
    assert detector.name == "PP-OCRv6_tiny_det"
