"""The stage report on what the stage evaluate really leaves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.inference.detector import Detector
from ocrflow.inference.recognizer import Recognizer
from ocrflow.stages.base import run_stage


def config_of(folder: Path, model: str) -> RunConfig:
    section = {"model": model, "dataset_dir": str(folder / "set"), "output": str(folder / "out"), "device": "cpu"}
    return RunConfig.model_validate({"Global": section})


@pytest.fixture
def scored(exported_model: Path, tmp_path: Path) -> RunConfig:
    """Four evaluated crops; two labels are not what is read."""
    (tmp_path / "set/images").mkdir(parents=True)
    images = [np.full((48, 90 + 60 * number, 3), 40 * number + 60, np.uint8) for number in range(4)]
    for number, image in enumerate(images):
        cv2.putText(image, f"AB{number}", (5, 35), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
        cv2.imwrite(str(tmp_path / f"set/images/{number}.png"), image)
    texts = [reading.text for reading in Recognizer(exported_model).predict(images)]
    labels = [text + "xy"[: number % 2] for number, text in enumerate(texts)]
    rows = "".join(f"images/{number}.png\t{label}\n" for number, label in enumerate(labels))
    for name in ("train.txt", "val.txt"):
        (tmp_path / "set" / name).write_text(rows, encoding="utf-8")
    (tmp_path / "set/dict.txt").write_text("".join(f"{chr(code)}\n" for code in range(33, 127)), encoding="utf-8")
    return evaluated(config_of(tmp_path, "PP-OCRv6_tiny_rec"), exported_model)


@pytest.fixture
def found(exported_detector: Path, tmp_path: Path) -> RunConfig:
    """Two evaluated scenes: a text that is not there is labelled in the first."""
    (tmp_path / "set/images").mkdir(parents=True)
    scene = np.zeros((160, 320, 3), np.uint8)
    scene[60:90, 40:130] = 255
    boxes = Detector(exported_detector).predict([scene])[0]
    label = [{"transcription": "x", "points": box.plain["points"]} for box in boxes]
    missed = {"transcription": "gone", "points": [[5, 5], [25, 5], [25, 15], [5, 15]]}
    rows = [f"images/0.png\t{json.dumps([*label, missed])}\n", f"images/1.png\t{json.dumps(label)}\n"]
    for number in range(2):
        cv2.imwrite(str(tmp_path / f"set/images/{number}.png"), scene)
    for name in ("train.txt", "val.txt"):
        (tmp_path / "set" / name).write_text("".join(rows), encoding="utf-8")
    return evaluated(config_of(tmp_path, "PP-OCRv6_tiny_det"), exported_detector)


def evaluated(config: RunConfig, model_dir: Path) -> RunConfig:
    output = Path(config.Global.output)
    shutil.copytree(model_dir, output / "best_accuracy" / "inference")
    (output / "train_result.json").write_text('{"done_flag": true, "baseline": {"acc": 0.25}}', encoding="utf-8")
    run_stage("evaluate", config)
    return config


def test_recognition(scored: RunConfig, capsys: pytest.CaptureFixture[str]) -> None:
    result = run_stage("report", scored)
    page = Path(scored.Global.output) / "report.html"
    assert result["page"] == "report.html" and result["bytes"] == page.stat().st_size < 10_000_000
    assert result["images"] >= 2 and result["unreadable"] == 0
    assert list(result["missing"]) == ["check_dataset", "split", "export"] and "git_commit" in result["made_of"]
    html = page.read_text(encoding="utf-8")
    assert "images/1.png" in html and "images/3.png" in html and "By length of the label" in html
    out = capsys.readouterr().out
    assert "not on the page: export: not run yet: ocrflow export" in out and f"the page: {page}" in out


def test_detection(found: RunConfig) -> None:
    result = run_stage("report", found)
    html = (Path(found.Global.output) / "report.html").read_text(encoding="utf-8")
    assert "1 missed, 0 false, 2 labelled" in html and "gone" in html and "By tilt of the text" in html
    assert result["images"] == 2, "the scene and its missed text"


def test_images_that_are_gone(scored: RunConfig) -> None:
    shutil.rmtree(Path(scored.Global.dataset_dir) / "images")
    result = run_stage("report", scored)
    assert result["images"] == 0 and result["unreadable"] >= 2
    html = (Path(scored.Global.output) / "report.html").read_text(encoding="utf-8")
    assert "no picture: unreadable" in html and "images/1.png" in html


def test_no_stage_has_run(tmp_path: Path) -> None:
    config = config_of(tmp_path, "PP-OCRv6_tiny_rec")
    for _ in range(2):  # its own result of a failure is none
        with pytest.raises(UsageError, match="no stage has run"):
            run_stage("report", config)
