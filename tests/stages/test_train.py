"""The stage train: PaddleX's files and keys, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from PIL import Image

from ocrflow.config import GlobalSection, RunConfig, TrainSection
from ocrflow.config_file import load_config
from ocrflow.errors import DataError, UsageError
from ocrflow.inference.model_dir import read_model_dir
from ocrflow.stages import train as stage
from ocrflow.stages.base import run_stage
from ocrflow.tasks.text_recognition.training import RecognitionTask
from ocrflow.training.stop import Interrupted


def result_in(output: Path) -> dict:
    return json.loads((output / "train_result.json").read_text("utf-8"))


def test_paddlex_layout(trained):
    config, result = trained
    output = Path(config.Global.output)
    assert result_in(output) == result
    for name in ("config.yaml", "train.log", "train/metrics.jsonl", "train/curves.png"):
        assert (output / name).stat().st_size > 0, name
    for name in ("best_accuracy", "latest"):
        folder = output / name
        files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        checkpoint = {f"{name}{ending}" for ending in (".pdparams", ".pdopt", ".states", ".info.json")}
        inference = {f"inference/inference.{ending}" for ending in ("json", "pdiparams", "yml")}
        assert files == checkpoint | inference
        assert read_model_dir(folder / "inference").base_width == result["base_width"]


def test_result_has_paddlex_keys_and_ours(trained):
    config, result = trained
    output = Path(config.Global.output)
    assert (result["done_flag"], result["model_name"]) == (True, "PP-OCRv6_tiny_rec")
    assert list(result["models"]) == ["last_1", "last_2", "last_3", "last_4", "last_5", "best"]
    for name in ("last_1", "best"):
        files = {key: value for key, value in result["models"][name].items() if key != "score"}
        assert set(files) == {"pdparams", "pdopt", "pdstates", "inference_config", "pdmodel", "pdiparams"}
        assert all((output / file).is_file() for file in files.values())
    for key in ("label_dict", "train_log", "config"):
        assert (output / result[key]).is_file()
    assert (result["rows_train"], result["rows_val"], result["num_processes"], result["epochs"]) == (24, 6, 1, 2)
    assert set(result["baseline"]) == {"acc", "norm_edit_dis"}
    assert set(result["best"]) == set(result["last"]) == {"epoch", "acc", "norm_edit_dis"}
    assert result["weights"]["lines"] == ["random weights"]
    assert result["seconds"] > 0
    assert {"data_version", "split_sha256", "dict_sha256", "config_sha256"} <= set(result["made_of"])


def test_dictionary_and_configuration_travel_along(trained, plates):
    config, _ = trained
    output = Path(config.Global.output)
    assert (output / "label_dict.txt").read_bytes() == (plates / "dict.txt").read_bytes()
    assert load_config(str(output / "config.yaml")) == config


def test_the_picture_is_drawn(trained):
    picture = Image.open(Path(trained[0].Global.output) / "train" / "curves.png").convert("RGB")
    assert picture.width > 1200 and len(picture.getcolors(1 << 20)) > 20


def test_scores_are_those_of_their_own_epoch(train_config, tmp_path, untracked, monkeypatch, capsys):
    scores = iter([0.1, 0.75, 0.25])
    monkeypatch.setattr(RecognitionTask, "evaluate", lambda *_: {"acc": next(scores), "norm_edit_dis": 0.5})
    monkeypatch.setattr(RecognitionTask, "export", lambda self, net, folder: folder.mkdir(parents=True, exist_ok=True))
    result = run_stage("train", train_config(tmp_path / "output", batch_size=24))
    assert (result["models"]["best"]["score"], result["models"]["last_1"]["score"]) == (0.75, 0.25)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "24 training rows, 6 validation rows, 2 steps in 2 epochs, batch 24 x 1 process"
    assert printed[2].startswith("epoch 0/2: acc 0.1000")
    assert printed[-1].startswith("trained PP-OCRv6_tiny_rec: best epoch 1, acc 0.7500, ")


@pytest.mark.parametrize(
    ("key", "value"), [("amp", "O1"), ("dy2st", True), ("dist_ips", "10.0.0.1"), ("basic_config_path", "x.yaml")]
)
def test_keys_without_effect_are_refused(train_config, tmp_path, key, value):
    with pytest.raises(UsageError, match=rf"Train\.{key}: not supported by ocrflow"):
        stage.run(train_config(tmp_path / "output", **{key: value}))
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("PP-OCRv6_medium_det", "PP-OCRv6_medium_det cannot be trained by ocrflow yet"),
        ("PP-OCRv3_mobile_rec", "PP-OCRv3_mobile_rec cannot be trained by ocrflow yet"),
        ("PP-OCRv6_tiny_rex", "did you mean 'PP-OCRv6_tiny_rec'"),
    ],
)
def test_models_that_cannot_be_trained(tmp_path, model, message):
    with pytest.raises(UsageError, match=message):
        stage.run(RunConfig(Global=GlobalSection(model=model, output=str(tmp_path / "output"))))


@pytest.mark.parametrize("path", ["starter:none", "none.pdparams", "https://example.org/x.pdparams"])
def test_missing_weights_are_told_before_anything_is_trained(train_config, tmp_path, untracked, path):
    with pytest.raises(UsageError, match=path):
        run_stage("train", train_config(tmp_path / "output", pretrain_weight_path=path))
    failure = result_in(tmp_path / "output")
    assert (failure["done_flag"], failure["err_type"]) == (False, "UsageError")


def test_bad_rows_end_it_with_their_place(train_config, plates, tmp_path, untracked):
    dataset = shutil.copytree(plates, tmp_path / "data")
    with (dataset / "train.txt").open("a", encoding="utf-8") as file:
        file.write(f"images/000000.jpg\t{'A' * 30}\n")
    with pytest.raises(DataError, match=r"train\.txt:25: 'A+' needs 59 time steps"):
        run_stage("train", train_config(tmp_path / "output", dataset))
    assert result_in(tmp_path / "output")["err_type"] == "DataError"


def test_stopped_is_written_down(train_config, tmp_path, untracked, monkeypatch):
    def stopping(self, net, batch, ranks):
        os.kill(os.getpid(), signal.SIGINT)
        return loss_of(self, net, batch, ranks)

    loss_of = RecognitionTask.loss
    monkeypatch.setattr(RecognitionTask, "loss", stopping)
    monkeypatch.setattr("ocrflow.training.loop.STEPS_BETWEEN_STOP_CHECKS", 1)
    with pytest.raises(Interrupted) as caught:
        run_stage("train", train_config(tmp_path / "output"))
    assert caught.value.exit_code == 130
    failure = result_in(tmp_path / "output")
    assert (failure["done_flag"], failure["err_type"]) == (False, "Interrupted")


@pytest.mark.parametrize(("asked", "started"), [(1, 1), (2, 2), (99, 24)])
def test_never_more_processes_than_rows(train_config, tmp_path, monkeypatch, asked, started):
    from ocrflow.training import launch, worker

    counts = []

    def pretend(config, *arguments):
        counts.append(arguments[-1])
        raise DataError("enough")

    monkeypatch.setattr(launch, "run_processes", pretend)
    monkeypatch.setattr(worker, "train", pretend)
    with pytest.raises(DataError, match="enough"):
        stage.run(train_config(tmp_path / "output", num_processes=asked))
    assert counts == [started]


def test_supported_keys_pass():
    stage.refuse_unsupported(RunConfig(Train=TrainSection(amp="OFF")))
