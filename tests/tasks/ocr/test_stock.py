"""The stock PaddleX pipeline with two toy models: what it finds, and the files that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.errors import DataError, OutsideError, UsageError
from ocrflow.inference.detector import Detector
from ocrflow.inference.recognizer import Recognizer
from ocrflow.tasks.ocr.settings import write_ocr_yaml
from ocrflow.tasks.ocr.stock import StockPipeline


@pytest.fixture(scope="module")
def pipeline(exported_detector: Path, exported_model: Path, tmp_path_factory: pytest.TempPathFactory) -> StockPipeline:
    path = tmp_path_factory.mktemp("pipeline") / "OCR.yaml"
    write_ocr_yaml(path, exported_detector, exported_model)
    return StockPipeline(path)


def test_it_finds_and_reads_what_the_models_do(pipeline, patches, exported_detector, exported_model):
    detector, recognizer = Detector(exported_detector), Recognizer(exported_model)
    for path, number in zip(patches, (1, 2, 0), strict=True):
        found = pipeline.run(path).boxes
        boxes = {box.points for box in next(iter(detector.predict_files([path])))}
        assert {box.points for box in found} == boxes and len(found) == number
        image = cv2.imread(str(path))
        for box in found:
            (left, top), (right, bottom) = np.min(box.points, axis=0), np.max(box.points, axis=0)
            (reading,) = recognizer.predict([image[top:bottom, left:right]])
            assert (box.text, box.text_score) == (reading.text, pytest.approx(reading.score, abs=1e-4))


def test_files_have_the_names_of_paddlex(pipeline, patches, tmp_path):
    names = [pipeline.run(path).save(tmp_path / "out", picture=path != patches[2]) for path in patches]
    assert names[1] == {"json": "1_res.json", "picture": "1_ocr_res_img.png"} and names[2] == {"json": "2_res.json"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {name for some in names for name in some.values()}
    saved = json.loads((tmp_path / "out" / "1_res.json").read_text(encoding="utf-8"))
    assert saved["input_path"] == str(patches[1]) and len(saved["rec_texts"]) == 2
    assert saved["model_settings"] == {"use_doc_preprocessor": False, "use_textline_orientation": False}
    assert saved["text_det_params"]["limit_side_len"] == 320
    assert Image.open(tmp_path / "out" / "1_ocr_res_img.png").size == (640, 160)


@pytest.mark.parametrize("suffix", [".tif", ".bmp", ".webp", ".JPG"])
def test_other_kinds_of_images(pipeline, patches, tmp_path, suffix):
    path = tmp_path / f"a b{suffix}"
    Image.open(patches[1]).save(path)
    result = pipeline.run(path)
    assert len(result.boxes) == 2
    for name in result.save(tmp_path / "out", picture=True).values():
        assert (tmp_path / "out" / name).is_file(), name


def test_an_image_that_cannot_be_read_is_named(pipeline, patches, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no image")
    for name in ("broken.png", "missing.png"):
        with pytest.raises(DataError, match=name):
            pipeline.run(tmp_path / name)
    (tmp_path / "picture").write_bytes(patches[0].read_bytes())
    with pytest.raises(DataError, match="picture: PaddleX reads no files without a suffix"):
        pipeline.run(tmp_path / "picture")


def test_a_model_that_cannot_be_loaded(exported_detector, exported_model, tmp_path):
    broken = tmp_path / "rec"
    broken.mkdir()
    for file in exported_model.iterdir():
        content = file.read_bytes()
        (broken / file.name).write_bytes(content[:1000] if file.name == "inference.json" else content)
    write_ocr_yaml(tmp_path / "OCR.yaml", exported_detector, broken)
    with pytest.raises(OutsideError, match=r"OCR\.yaml: paddlex\.create_pipeline refuses it: \S"):
        StockPipeline(tmp_path / "OCR.yaml")


def test_a_device_that_means_nothing(tmp_path):
    with pytest.raises(UsageError, match=r"Global\.device='cup'"):
        StockPipeline(tmp_path / "OCR.yaml", "cup")
