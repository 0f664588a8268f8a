"""The stage evaluate on real files. The labels are made from the model's own readings, so the right answer is known."""

from __future__ import annotations

import json
import shutil

import cv2
import numpy as np
import pytest
from PIL import Image

from ocrflow.config import EvaluateSection, GlobalSection, RunConfig
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.model_dir import model_sha256
from ocrflow.inference.recognizer import Recognizer
from ocrflow.stages import evaluate
from ocrflow.stages.base import run_stage
from ocrflow.tasks.text_recognition import scoring
from ocrflow.tasks.text_recognition.scoring import worst_of

ROWS = 16
WRONG = {2: "one", 5: "two", 11: "three"}  # row -> what is appended to the label
WORDS = ["Invoice 2024", "total", "EUR 17.50", "No. 4711", "date", "Berlin", "12:30", "thank you"]


@pytest.fixture(scope="module")
def images_and_readings(exported_model):
    images = []
    for index in range(ROWS):
        image = np.full((32 + index, 60 + 25 * index, 3), 235, np.uint8)
        text = f"{WORDS[index % len(WORDS)]}{index}"
        cv2.putText(image, text, (3, 25), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (30, 10 * index, 90), 2)
        images.append(image)
    return images, Recognizer(exported_model).predict(images)


@pytest.fixture
def config(images_and_readings, exported_model, tmp_path):
    """A dataset of 16 rows in which exactly the rows of `WRONG` differ from what the model reads."""
    images, readings = images_and_readings
    dataset = tmp_path / "dataset"
    (dataset / "img").mkdir(parents=True)
    labels = [reading.text + WRONG.get(index, "") for index, reading in enumerate(readings)]
    for index, image in enumerate(images):
        cv2.imwrite(str(dataset / "img" / f"{index}.png"), image)
    write_lists(dataset, labels)
    (dataset / "dict.txt").write_text("".join(f"{chr(code)}\n" for code in range(33, 127)), encoding="utf-8")
    output = tmp_path / "output"
    shutil.copytree(exported_model, output / "best_accuracy" / "inference")
    (output / "train_result.json").write_text('{"done_flag": true}', encoding="utf-8")
    return RunConfig(Global=GlobalSection(dataset_dir=str(dataset), output=str(output), device="cpu"))


def write_lists(dataset, labels):
    rows = "".join(f"img/{index}.png\t{label}\n" for index, label in enumerate(labels))
    (dataset / "val.txt").write_text(rows, encoding="utf-8")
    (dataset / "train.txt").write_text(rows, encoding="utf-8")


def paths_of(config):
    from pathlib import Path

    return Path(config.Global.dataset_dir), Path(config.Global.output)


def test_every_row_is_scored_once(config, images_and_readings, capsys):
    result = run_stage("evaluate", config)
    _, output = paths_of(config)
    readings = images_and_readings[1]
    assert (result["rows_labelled"], result["rows_scored"], result["wrong"]) == (ROWS, ROWS, len(WRONG))
    assert result["metrics"]["acc"] == (ROWS - len(WRONG)) / (ROWS + 1e-5)
    assert result["acc_interval"] == pytest.approx([0.5699, 0.9341], abs=1e-4)
    tables = json.loads((output / "evaluate" / "tables.json").read_text("utf-8"))
    assert sum(row["rows"] for row in tables["lengths"]) == ROWS and tables["edits"] == sum(map(len, WRONG.values()))
    assert Image.open(output / "evaluate" / "charts.png").size == (1300, 800)
    edits = sum(map(len, WRONG.values()))
    characters = edits + sum(len(reading.text) for reading in readings)
    assert result["metrics"]["cer"] == pytest.approx(edits / characters)
    lines = [json.loads(line) for line in (output / "evaluate" / "predictions.jsonl").read_text("utf-8").splitlines()]
    assert [line["image"] for line in lines] == [f"img/{index}.png" for index in range(ROWS)]
    assert [line["text"] for line in lines] == [reading.text for reading in readings]
    assert [line["score"] for line in lines] == pytest.approx([reading.score for reading in readings], abs=1e-5)
    assert {index for index, line in enumerate(lines) if not line["correct"]} == set(WRONG)
    assert {row["image"] for row in result["worst"]} == {f"img/{index}.png" for index in WRONG}
    assert json.loads((output / "evaluate_result.json").read_text("utf-8")) == result
    model_dir = output / "best_accuracy" / "inference"
    assert result["model_dir"] == str(model_dir)
    assert result["model_sha256"] == result["made_of"]["model_sha256"] == model_sha256(model_dir)
    assert len(result["made_of"]["data_version"]) >= 32
    printed = capsys.readouterr().out.splitlines()[-1]
    assert printed.startswith(f"evaluated 16 of 16 rows with {model_dir}: acc 0.8125, norm_edit_dis 0.9")
    assert printed.endswith(f"3 wrong rows, see {output / 'evaluate' / 'worst.png'}")
    assert Image.open(output / "evaluate" / "worst.png").height > 3 * 90


def test_streams_in_chunks(config, monkeypatch):
    from ocrflow.inference import recognizer

    whole = run_stage("evaluate", config)["metrics"]
    monkeypatch.setattr(recognizer, "CHUNK", 3)
    assert run_stage("evaluate", config)["metrics"] == pytest.approx(whole)


def test_all_right_shows_the_least_sure_rows(config, images_and_readings, monkeypatch):
    dataset, _ = paths_of(config)
    readings = images_and_readings[1]
    write_lists(dataset, [reading.text for reading in readings])
    titles = []
    monkeypatch.setattr(scoring, "write_gallery", lambda path, title, tiles: titles.append(title))
    result = run_stage("evaluate", config)
    assert result["metrics"]["acc"] == ROWS / (ROWS + 1e-5)
    assert (result["metrics"]["norm_edit_dis"], result["metrics"]["cer"], result["metrics"]["exact"]) == (1.0, 0.0, 1.0)
    scores = [row["score"] for row in result["worst"]]
    assert scores == pytest.approx(sorted(reading.score for reading in readings), abs=1e-5)
    assert titles == ["PP-OCRv6_tiny_rec: 16 rows, acc 1.0000: no wrong row; the 16 of lowest score"]


def test_unreadable_images_are_all_named(config):
    dataset, output = paths_of(config)
    (dataset / "img" / "4.png").write_bytes(b"no image")
    (dataset / "img" / "9.png").unlink()
    with pytest.raises(DataError, match=r"2 of 16 images cannot be read(.|\n)*4\.png(.|\n)*9\.png"):
        run_stage("evaluate", config)
    failure = json.loads((output / "evaluate_result.json").read_text("utf-8"))
    assert failure["done_flag"] is False
    assert len(failure["unreadable"]) == 2
    assert not (output / "evaluate" / "predictions.jsonl").exists()


def test_a_row_that_is_not_scored_fails_the_stage(config, monkeypatch):
    whole = Recognizer.predict_files
    monkeypatch.setattr(Recognizer, "predict_files", lambda self, paths: whole(self, paths[:-1]))
    with pytest.raises(DataError, match="16 labelled rows, 15 scored; expected all"):
        run_stage("evaluate", config)


def test_characters_the_model_lacks_are_told_and_count_as_wrong(config, images_and_readings, capsys):
    dataset, _ = paths_of(config)
    labels = [reading.text for reading in images_and_readings[1]]
    write_lists(dataset, [labels[0] + "ß", *labels[1:]])
    with (dataset / "dict.txt").open("a", encoding="utf-8") as file:
        file.write("ß\n")
    result = run_stage("evaluate", config)
    assert (result["wrong"], result["rows_with_unknown_characters"]) == (1, 1)
    assert "warning: 1 of 16 labels cannot be read right: the model's dictionary lacks 'ß'" in capsys.readouterr().out


def test_other_weights(config, exported_model, tmp_path):
    def with_weights(path):
        return config.model_copy(update={"Evaluate": EvaluateSection(weight_path=str(path))})

    assert run_stage("evaluate", with_weights(exported_model))["model_dir"] == str(exported_model)
    with pytest.raises(UsageError, match="no such folder of an exported model"):
        run_stage("evaluate", with_weights(tmp_path / "none.pdparams"))
    (tmp_path / "lonely.pdparams").touch()
    with pytest.raises(UsageError, match=r"beside these weights\n  fix: ocrflow export"):
        run_stage("evaluate", with_weights(tmp_path / "lonely.pdparams"))


def test_the_model_of_an_earlier_training_is_not_scored_after_a_broken_one(config, tmp_path):
    (tmp_path / "output" / "train_result.json").write_text('{"done_flag": false}', encoding="utf-8")
    with pytest.raises(UsageError, match="the stage train failed"):
        evaluate.run(config)


def test_worst_are_the_most_wrong_then_the_surest():
    def row(label, text, score):
        return {"label": label, "text": text, "score": score, "correct": label == text}

    rows = [row("abcd", "abcx", 0.9), row("ab", "xy", 0.2), row("a", "a", 0.1), row("ab", "xyz", 0.8)]
    assert worst_of(rows) == [rows[3], rows[1], rows[0]]
    many = [row("a", "b", 0.5)] * 30
    assert len(worst_of(many)) == 20
