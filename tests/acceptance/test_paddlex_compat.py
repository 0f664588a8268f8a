"""PaddleX and PaddleOCR load what ocrflow exports, and read and find in images what ocrflow does."""

from __future__ import annotations

import importlib

import cv2
import numpy as np
import pytest

from ocrflow.inference.detector import Detector
from ocrflow.inference.recognizer import Recognizer

MODEL_NAME = "PP-OCRv6_tiny_rec"


@pytest.fixture(scope="module")
def readings(exported_model, mixed_images):
    return Recognizer(exported_model, device="cpu").predict(mixed_images)


def assert_same(results, readings):
    results = list(results)
    assert [result["rec_text"] for result in results] == [reading.text for reading in readings]
    assert [result["rec_score"] for result in results] == pytest.approx([r.score for r in readings], abs=1e-4)
    assert len({reading.text for reading in readings}) > 18


def test_paddlex_reads_the_same(exported_model, mixed_images, readings, monkeypatch):
    monkeypatch.setenv("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    paddlex = importlib.import_module("paddlex")
    model = paddlex.create_model(MODEL_NAME, model_dir=str(exported_model), device="cpu")
    assert_same(model.predict(mixed_images, batch_size=1), readings)


def test_paddleocr_reads_the_same(exported_model, mixed_images, readings, monkeypatch):
    monkeypatch.setenv("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    paddleocr = importlib.import_module("paddleocr")
    model = paddleocr.TextRecognition(model_name=MODEL_NAME, model_dir=str(exported_model), device="cpu")
    assert_same(model.predict(mixed_images, batch_size=1), readings)


@pytest.fixture(scope="module")
def spotted_images():
    """Dark images of many sizes with soft bright spots, from two pixels to larger than the detector's limit."""
    rng = np.random.default_rng(3)
    sizes = [(2, 2), (20, 30), (33, 31), (500, 20), (64, 700), (321, 319), (480, 640), (900, 700)]
    return [blurred_spots(rng, *size) for size in sizes + [(int(h), int(w)) for h, w in rng.integers(50, 500, (12, 2))]]


def blurred_spots(rng, height, width):
    coarse = rng.choice([0, 0, 0, 255], (max(2, height // 30), max(2, width // 30), 3)).astype(np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("package", ["paddlex", "paddleocr"])
def test_the_same_boxes_are_found(exported_detector, spotted_images, monkeypatch, package):
    monkeypatch.setenv("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    module = importlib.import_module(package)
    name, folder = "PP-OCRv6_tiny_det", str(exported_detector)
    if package == "paddlex":
        model = module.create_model(name, model_dir=folder, device="cpu")
    else:
        model = module.TextDetection(model_name=name, model_dir=folder, device="cpu")
    results = list(model.predict(spotted_images, batch_size=1))
    found = Detector(exported_detector).predict(spotted_images)
    assert sum(map(len, found)) > 60
    for boxes, result in zip(found, results, strict=True):
        assert [[list(point) for point in box.points] for box in boxes] == np.asarray(result["dt_polys"]).tolist()
        assert [box.score for box in boxes] == pytest.approx(list(result["dt_scores"]), abs=1e-5)
