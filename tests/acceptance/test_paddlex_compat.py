"""PaddleX and PaddleOCR load what ocrflow exports and read in it what ocrflow reads."""

from __future__ import annotations

import importlib

import pytest

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
