"""The stages evaluate and predict with a detector for which bright pixels are text: the right answer is known."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.config import GlobalSection, PredictSection, RunConfig
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.detector import Detector
from ocrflow.stages.base import run_stage

MODEL = "PP-OCRv6_tiny_det"
TEXTS = [[], [(40, 60)], [(40, 60), (200, 20)], [(20, 20), (150, 20), (20, 100)], [(100, 100)]]


def scene(texts):
    image = np.zeros((160, 320, 3), np.uint8)
    for left, top in texts:
        image[top : top + 30, left : left + 90] = 255
    return image


@pytest.fixture
def config(exported_detector, tmp_path):
    """Five scenes labelled with what the detector finds, but a text more in scene 1 and one less in scene 3."""
    dataset, output = tmp_path / "dataset", tmp_path / "output"
    (dataset / "images").mkdir(parents=True)
    found = Detector(exported_detector).predict([scene(texts) for texts in TEXTS])
    rows = []
    for index, boxes in enumerate(found):
        cv2.imwrite(str(dataset / "images" / f"{index}.png"), scene(TEXTS[index]))
        labels = [{"transcription": "x", "points": box.plain["points"]} for box in boxes]
        labels += [{"transcription": "missed", "points": [[5, 5], [25, 5], [25, 15], [5, 15]]}] * (index == 1)
        rows.append(f"images/{index}.png\t{json.dumps(labels[1:] if index == 3 else labels)}\n")
    for name in ("train.txt", "val.txt"):
        (dataset / name).write_text("".join(rows), encoding="utf-8")
    shutil.copytree(exported_detector, output / "best_accuracy" / "inference")
    best = {"epoch": 3, "hmean": 0.8, "precision": 0.9, "recall": 0.7}
    (output / "train_result.json").write_text(json.dumps({"done_flag": True, "best": best}), encoding="utf-8")
    section = GlobalSection(model=MODEL, dataset_dir=str(dataset), output=str(output), device="cpu")
    return RunConfig(Global=section, Predict=PredictSection(model_dir=str(exported_detector)))


def output_of(config) -> Path:
    return Path(config.Global.output)


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_image_is_scored_once(config, capsys):
    result = run_stage("evaluate", config)
    assert (result["rows_labelled"], result["rows_scored"], result["wrong"]) == (5, 5, 2)
    assert result["boxes"] == {"labelled": 7, "found": 7, "matched": 6}
    assert result["metrics"] == pytest.approx({"hmean": 6 / 7, "precision": 6 / 7, "recall": 6 / 7})
    assert result["parity"]["trained"] == {"hmean": 0.8, "precision": 0.9, "recall": 0.7}
    assert result["parity"]["difference"]["hmean"] == pytest.approx(6 / 7 - 0.8)
    lines = lines_of(output_of(config) / "evaluate" / "predictions.jsonl")
    assert [line["image"] for line in lines] == [f"images/{index}.png" for index in range(5)]
    assert [(line["missed"], line["false"]) for line in lines] == [(0, 0), (1, 0), (0, 0), (0, 1), (0, 0)]
    assert [row["image"] for row in result["worst"]] == ["images/1.png", "images/3.png"]
    assert Image.open(output_of(config) / "evaluate" / "worst.png").width > 1200
    printed = capsys.readouterr().out.splitlines()[-1]
    assert "5 of 5 rows" in printed and "hmean 0.8571, precision 0.8571, recall 0.8571, 2 wrong rows" in printed


def test_unreadable_images_are_named(config):
    (Path(config.Global.dataset_dir) / "images" / "2.png").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"1 of 5 images cannot be read, none was scored(.|\n)*2\.png"):
        run_stage("evaluate", config)


def test_a_model_of_the_other_task_is_refused(config, exported_model):
    other = config.model_copy(
        update={"Evaluate": config.Evaluate.model_copy(update={"weight_path": str(exported_model)})}
    )
    with pytest.raises(UsageError, match="expected a text detection model, got the recognition model"):
        run_stage("evaluate", other)


def test_predict(config, capsys):
    folder = Path(config.Global.dataset_dir) / "images"
    predict = config.Predict.model_copy(update={"input": str(folder)})
    result = run_stage("predict", config.model_copy(update={"Predict": predict}))
    lines = lines_of(Path(result["predictions"]))
    found = Detector(Path(config.Predict.model_dir)).predict([scene(texts) for texts in TEXTS])
    assert [line["image"] for line in lines] == [str(folder / f"{index}.png") for index in range(5)]
    assert [line["boxes"] for line in lines] == [[box.plain for box in boxes] for boxes in found]
    printed = capsys.readouterr().out
    assert f"{folder / '3.png'}\t3 boxes\t" in printed
    assert "read 5 images" in printed


def test_tables_and_charts(config):
    run_stage("evaluate", config)
    folder = output_of(config) / "evaluate"
    tables = json.loads((folder / "tables.json").read_text("utf-8"))
    assert sum(row["labelled"] for row in tables["heights"]) == sum(row["labelled"] for row in tables["tilts"]) == 7
    assert tables["overlaps"]["mean"] == pytest.approx(1.0)
    assert Image.open(folder / "charts.png").size == (1300, 800)
