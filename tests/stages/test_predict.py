"""The stage predict on real files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import cv2
import pytest

from ocrflow.config import GlobalSection, PredictSection, RunConfig
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.recognizer import Recognizer
from ocrflow.stages.base import run_stage
from ocrflow.stages.predict import input_paths, model_dir_of


@pytest.fixture
def folder(tmp_path, mixed_images):
    """Five images in nested folders and a file that is none."""
    folder = tmp_path / "new"
    (folder / "deep").mkdir(parents=True)
    for index, image in enumerate(mixed_images[3:8]):
        cv2.imwrite(str(folder / ("deep" if index % 2 else ".") / f"{index}.PNG"), image)
    (folder / "notes.md").write_text("not an image")
    return folder


def config_for(source, tmp_path, model_dir):
    section = PredictSection(input=str(source), model_dir=str(model_dir))
    return RunConfig(Global=GlobalSection(output=str(tmp_path / "output"), device="cpu"), Predict=section)


def test_folder(folder, tmp_path, exported_model, mixed_images, capsys):
    result = run_stage("predict", config_for(folder, tmp_path, exported_model))
    names = ["0.PNG", "2.PNG", "4.PNG", "deep/1.PNG", "deep/3.PNG"]
    readings = Recognizer(exported_model).predict([mixed_images[3 + int(Path(name).stem)] for name in names])
    lines = [json.loads(line) for line in Path(result["predictions"]).read_text("utf-8").splitlines()]
    assert [line["image"] for line in lines] == [str(folder / name) for name in names]
    assert [line["text"] for line in lines] == [reading.text for reading in readings]
    assert [line["score"] for line in lines] == pytest.approx([reading.score for reading in readings], abs=1e-5)
    assert (result["images"], result["images_read"], result["unreadable"]) == (5, 5, [])
    printed = capsys.readouterr().out
    assert f"{folder / '2.PNG'}\t{readings[1].text}\t{readings[1].score:.4f}\n" in printed
    assert f"read 5 images, see {result['predictions']}\n" in printed


def test_unreadable_images_do_not_stop_the_others(folder, tmp_path, exported_model):
    (folder / "0.PNG").write_bytes(b"broken")
    (folder / "deep" / "3.PNG").write_bytes(b"")
    with pytest.raises(DataError, match=r"2 of 5 images cannot be read(.|\n)*0\.PNG(.|\n)*3\.PNG"):
        run_stage("predict", config_for(folder, tmp_path, exported_model))
    output = tmp_path / "output"
    lines = [json.loads(line) for line in (output / "predict" / "predictions.jsonl").read_text("utf-8").splitlines()]
    assert [Path(line["image"]).name for line in lines] == ["2.PNG", "4.PNG", "1.PNG"]
    failure = json.loads((output / "predict_result.json").read_text("utf-8"))
    assert (failure["done_flag"], failure["images_read"]) == (False, 3)


def test_many_are_counted_not_shown(tmp_path, exported_model, mixed_images, capsys):
    for index in range(23):
        cv2.imwrite(str(tmp_path / f"{index:02}.png"), mixed_images[3])
    run_stage("predict", config_for(tmp_path / "*.png", tmp_path, exported_model))
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 21
    assert printed[-1].startswith("read 23 images, 3 of them not shown, see ")


def test_inputs(folder, tmp_path):
    one, deep = folder / "0.PNG", folder / "deep" / "1.PNG"
    assert input_paths(str(one), tmp_path) == [one]
    assert input_paths(str(folder / "deep" / "*.PNG"), tmp_path) == [deep, folder / "deep" / "3.PNG"]
    assert len(input_paths(str(folder / "**" / "*.PNG"), tmp_path)) == 5
    bracketed = folder / "[1].png"
    os.link(one, bracketed)
    assert input_paths(str(bracketed), tmp_path) == [bracketed]


def test_list_beside_the_images_or_of_the_dataset(folder, tmp_path):
    content = "deep/3.PNG\tlabel\u2028still the label\n\n0.PNG\n"
    for list_file in (folder / "val.txt", tmp_path / "split.txt"):
        list_file.write_text(content, encoding="utf-8")
        assert input_paths(str(list_file), folder) == [folder / "deep" / "3.PNG", folder / "0.PNG"]


@pytest.mark.parametrize(
    ("source", "message"),
    [(None, "not set"), ("https://host.invalid/a.png", "download it first"), ("nowhere/*.png", "no such file")],
)
def test_inputs_that_give_nothing(source, message, tmp_path):
    with pytest.raises(UsageError, match=message):
        input_paths(source, tmp_path)


def test_empty_folder_and_list_that_is_no_text(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no images in it"):
        input_paths(str(tmp_path / "empty"), tmp_path)
    (tmp_path / "list.txt").write_bytes(b"\xff\xd8\xff\n")
    with pytest.raises(DataError, match="0xFF"):
        input_paths(str(tmp_path / "list.txt"), tmp_path)


def test_default_model(tmp_path):
    config = RunConfig(Global=GlobalSection(output=str(tmp_path)))
    assert model_dir_of(config) == tmp_path / "best_accuracy" / "inference"
    (tmp_path / "export").mkdir()
    assert model_dir_of(config) == tmp_path / "export"
    with pytest.raises(UsageError, match=r"Predict\.input is not set"):
        run_stage("predict", config)
