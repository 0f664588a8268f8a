"""`ocrflow.load_model` and `ocrflow.load_pipeline` as a user calls them."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import weakref

import cv2
import numpy as np
import pytest
import yaml

import ocrflow
from ocrflow.errors import DataError, OutsideError, UsageError
from ocrflow.inference import reading
from ocrflow.inference.answers import ImageBoxes, TextBox, TextLine
from ocrflow.inference.detector import Detector
from ocrflow.inference.recognizer import Recognizer


def test_importing_ocrflow_loads_no_library() -> None:
    code = (
        "import sys, ocrflow; print(sorted({'numpy', 'cv2', 'paddle', 'mlflow', 'requests'} & set(sys.modules)))\n"
        "assert 'load_model' in dir(ocrflow)\nocrflow.load_pipeline"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    with pytest.raises(AttributeError, match="no attribute 'load_nothing'"):
        ocrflow.load_nothing  # noqa: B018


def test_recogniser(exported_model, mixed_images, tmp_path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), mixed_images[5])
    model = ocrflow.load_model(exported_model, device="cpu")
    assert model.task == "text_recognition"
    answers = list(model.predict([tmp_path / "a.png", mixed_images[6], str(tmp_path)]))
    readings = Recognizer(exported_model).predict([mixed_images[5], mixed_images[6], mixed_images[5]])
    names = [str(tmp_path / "a.png"), "array[1]", str(tmp_path / "a.png")]
    assert all(isinstance(answer, TextLine) for answer in answers)
    assert [(answer.image, answer.text) for answer in answers] == [
        (name, reading.text) for name, reading in zip(names, readings, strict=True)
    ]
    assert answers[0].plain == {"image": names[0], "text": answers[0].text, "score": answers[0].score}


def test_detector(exported_detector) -> None:
    image = np.zeros((160, 320, 3), np.uint8)
    image[60:90, 40:130] = 255
    (answer,) = ocrflow.load_model(str(exported_detector), device="cpu").predict(image)
    ((box,),) = Detector(exported_detector).predict([image])
    assert answer == ImageBoxes("array[0]", (TextBox(box.points, box.score),))
    assert answer.plain == {"image": "array[0]", "boxes": [box.plain]}


def test_pipeline_of_two_folders(exported_detector, exported_model) -> None:
    image = np.zeros((160, 320, 3), np.uint8)
    image[60:90, 40:130] = 255
    (answer,) = ocrflow.load_pipeline((exported_detector, exported_model), device="cpu").predict(image)
    (box,) = answer.boxes
    assert isinstance(box.text, str) and 0 <= box.text_score <= 1
    assert box.plain == {
        "points": [list(point) for point in box.points],
        "score": box.score,
        "text": box.text,
        "text_score": box.text_score,
    }


def test_what_cannot_be_read_is_told_at_the_end(exported_model, mixed_images, tmp_path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no image")
    inputs = [tmp_path / "bad.png", mixed_images[5], np.zeros((4, 4), np.uint8)]
    model = ocrflow.load_model(exported_model, device="cpu")
    answers = model.predict(inputs)
    assert next(answers).image == "array[1]"
    with pytest.raises(
        DataError, match=r"2 images cannot be read(.|\n)*bad.png(.|\n)*array\[2\]: expected uint8 H x W"
    ):
        next(answers)
    errors: list[DataError] = []
    assert len(list(model.predict(inputs, on_error=errors.append))) == 1
    assert len(errors) == 2


def test_memory_does_not_grow_with_the_images(exported_model, monkeypatch) -> None:
    """Of 200 images from a generator never more are alive than wait, are in a batch or have just been answered."""
    monkeypatch.setattr(reading, "MOST_PIXELS", 10 * 32 * 64)
    alive: weakref.WeakValueDictionary[int, np.ndarray] = weakref.WeakValueDictionary()
    most = 0

    def images():
        nonlocal most
        for number in range(200):
            image = np.full((32, 64, 3), number, np.uint8)
            alive[number] = image
            if number % 20 == 0:
                gc.collect()
                most = max(most, len(alive))
            yield image

    assert sum(1 for _ in ocrflow.load_model(exported_model, device="cpu").predict(images())) == 200
    assert 5 < most <= 2 * 10 + reading.AHEAD + 4


def test_models_that_cannot_be_used(exported_model, exported_detector, tmp_path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        ocrflow.load_model(tmp_path / "gone")
    with pytest.raises(UsageError, match="expected a text detection model, got the recognition model"):
        ocrflow.load_model(exported_model, task="text_detection")
    with pytest.raises(UsageError, match="expected a text detection model, got the recognition model"):
        ocrflow.load_pipeline((exported_model, exported_detector), device="cpu")
    (tmp_path / "OCR.yaml").write_text("pipeline_name: OCR")
    with pytest.raises(UsageError, match="load_pipeline"):
        ocrflow.load_model(tmp_path / "OCR.yaml")
    with pytest.raises((UsageError, OutsideError)):
        ocrflow.load_model(exported_model, engine="abacus")


def test_another_dictionary_is_refused_when_the_model_is_loaded(exported_model, tmp_path) -> None:
    model_dir = shutil.copytree(exported_model, tmp_path / "model")
    settings = yaml.safe_load((model_dir / "inference.yml").read_text(encoding="utf-8"))
    settings["PostProcess"]["character_dict"] = ["a", "b"]
    (model_dir / "inference.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    with pytest.raises(UsageError, match=r"2 characters and so needs 4 classes .* the network has 96"):
        ocrflow.load_model(model_dir, device="cpu")
    settings["PostProcess"] = {"name": "SomethingElse"}
    settings["Global"] = {}
    (model_dir / "inference.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    with pytest.raises(UsageError, match=r"PostProcess.name must be CTCLabelDecode or DBPostProcess"):
        ocrflow.load_model(model_dir)
