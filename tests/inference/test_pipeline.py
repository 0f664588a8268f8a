"""The pipeline finds and reads exactly what PaddleX's OCR pipeline does with the same OCR.yaml and models."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.inference.det_preprocess import SideLimit
from ocrflow.inference.detector import Detector, FoundBox
from ocrflow.inference.load import load_pipeline
from ocrflow.inference.pipeline import OcrPipeline, crop_of, in_reading_order
from ocrflow.inference.recognizer import Recognizer
from ocrflow.tasks.ocr.settings import DetectionParams, detection_params, write_ocr_yaml

SIZES = ((480, 640), (320, 240), (900, 700), (60, 400), (25, 30), (200, 200))


def scene(seed: int, height: int, width: int) -> np.ndarray:
    """Black with patches of bright noise: upright, tilted, tall, tiny, over the border, and two nearly in one line."""
    rng = np.random.default_rng(seed)
    image = np.zeros((height, width, 3), np.uint8)
    for _ in range(8):
        centre = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
        size = (float(rng.uniform(8, 12 + width / 3)), float(rng.uniform(6, 12 + height / 8)))
        angle = float(rng.choice([0, 0, 90, rng.uniform(-60, 60)]))
        mask = np.zeros((height, width), np.uint8)
        cv2.fillConvexPoly(mask, cv2.boxPoints((centre, size, angle)).astype(np.int32), 1)
        texture = rng.integers(185, 256, (height // 4 + 1, width // 4 + 1, 3), dtype=np.uint8)
        image[mask > 0] = cv2.resize(texture, (width, height))[mask > 0]
    return image


@pytest.fixture(scope="module")
def scenes() -> list[np.ndarray]:
    found = [scene(seed, *size) for seed, size in enumerate(SIZES)]
    return [*found, np.zeros((100, 100, 3), np.uint8)]


@pytest.fixture(scope="module", params=["as evaluated", "enlarged", "other thresholds"])
def ocr_yaml(request, tmp_path_factory, exported_detector, exported_model) -> Path:
    params, score_thresh = detection_params(exported_detector), 0.0
    if request.param == "enlarged":
        params = DetectionParams(400, "min", 640, 0.3, 0.6, 1.5)
    if request.param == "other thresholds":
        params, score_thresh = DetectionParams(256, "resize_long", 4000, 0.6, 0.8, 2.5), 0.66
    path = tmp_path_factory.mktemp("ocr") / "OCR.yaml"
    write_ocr_yaml(path, exported_detector, exported_model, params, score_thresh)
    return path


def test_equals_paddlex(ocr_yaml: Path, scenes: list[np.ndarray]) -> None:
    import paddlex

    stock = paddlex.create_pipeline(str(ocr_yaml), device="cpu")
    expected = [next(iter(stock.predict(image))) for image in scenes]
    answers = list(load_pipeline(ocr_yaml, device="cpu").predict(scenes))
    texts = [box.text for answer in answers for box in answer.boxes]
    assert len(texts) > 10
    assert len(set(texts)) > 8
    for answer, result in zip(answers, expected, strict=True):
        assert [box.text for box in answer.boxes] == result["rec_texts"]
        assert [[list(point) for point in box.points] for box in answer.boxes] == [
            polygon.tolist() for polygon in result["rec_polys"]
        ]
        assert [box.text_score for box in answer.boxes] == pytest.approx(result["rec_scores"], abs=1e-4)


def test_the_crops_equal_paddlex(scenes: list[np.ndarray], exported_detector: Path) -> None:
    from paddlex.inference.pipelines.components import CropByPolys, SortQuadBoxes

    for image, boxes in zip(scenes, Detector(exported_detector).predict(scenes), strict=True):
        theirs = SortQuadBoxes()(np.array([box.points for box in boxes], np.int16).reshape(-1, 4, 2))
        ours = in_reading_order(boxes)
        assert [np.array(box.points).tolist() for box in ours] == [box.tolist() for box in theirs]
        for box, expected in zip(ours, CropByPolys("quad")(image, theirs) if ours else [], strict=True):
            assert np.array_equal(crop_of(image, box), expected)


@pytest.fixture(scope="module")
def pipeline(exported_detector: Path, exported_model: Path) -> OcrPipeline:
    return OcrPipeline(Detector(exported_detector), Recognizer(exported_model))


def test_images_together_give_what_each_gives_alone(pipeline, scenes, monkeypatch) -> None:
    monkeypatch.setattr("ocrflow.inference.pipeline.CROPS", 5)
    together = pipeline.predict(scenes)
    for image, boxes in zip(scenes, together, strict=True):
        (alone,) = pipeline.predict([image])
        assert [(box.points, box.text) for box in alone] == [(box.points, box.text) for box in boxes]
        assert [box.text_score for box in alone] == pytest.approx([box.text_score for box in boxes], abs=1e-4)
    assert together[-1] == ()
    assert pipeline.predict([]) == []


def test_the_given_detector_stays_as_it_is(exported_detector, exported_model, ocr_yaml) -> None:
    from ocrflow.tasks.ocr.settings import read_ocr_yaml

    detector, settings = Detector(exported_detector), read_ocr_yaml(ocr_yaml)
    made = OcrPipeline(detector, Recognizer(exported_model), settings)
    limit = SideLimit(settings.limit_side_len, settings.limit_type, settings.max_side_limit)
    assert made.detector.info.limit == limit
    assert made.detector.info.boxes.unclip_ratio == settings.unclip_ratio
    assert detector.info.limit == SideLimit(320)


def test_reading_order() -> None:
    """By lines; within ten pixels of height from left to right, also along a slope."""
    corners = [(300, 12), (10, 18), (150, 15), (10, 60), (5, 69), (400, 9)]
    boxes = [FoundBox(((x, y), (x + 50, y), (x + 50, y + 8), (x, y + 8)), 0.9) for x, y in corners]
    assert [box.points[0] for box in in_reading_order(boxes)] == [
        (10, 18), (150, 15), (300, 12), (400, 9), (5, 69), (10, 60)
    ]  # fmt: skip
