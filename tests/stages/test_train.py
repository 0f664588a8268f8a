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
from ocrflow.errors import DataError, OutsideError, UsageError
from ocrflow.inference.model_dir import read_model_dir
from ocrflow.stages import train as stage
from ocrflow.stages.base import run_stage
from ocrflow.tasks.text_recognition.training import RecognitionTask
from ocrflow.training.device import Device
from ocrflow.training.stop import Interrupted


def result_in(output: Path) -> dict:
    return json.loads((output / "train_result.json").read_text("utf-8"))


def test_paddlex_layout(trained):
    config, result = trained
    output = Path(config.Global.output)
    assert result_in(output) == result
    for name in ("config.yaml", "train.log", "train/metrics.jsonl", "train/curves.png"):
        assert (output / name).stat().st_size > 0, name
    for name in ("best_accuracy", "latest", "iter_epoch_2"):
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
    assert set(result["best"]) == set(result["last"]) == {"epoch", "step", "acc", "norm_edit_dis"}
    assert (result["main_metric"], result["ended_by"], result["models"]["last_2"]) == ("acc", "", {})
    assert result["models"]["last_1"]["pdparams"] == "iter_epoch_2/iter_epoch_2.pdparams"
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
    assert printed[0] == "24 images/epoch, 2 evaluations planned, 0 rows excluded"
    assert printed[1].startswith("24 training rows, 6 validation rows, ") and "batch 24 x 1 process" in printed[1]
    assert printed[3].startswith("epoch 0/2: acc 0.1000")
    assert printed[-1].startswith("trained PP-OCRv6_tiny_rec: best epoch 1, acc 0.7500, ")


def test_the_last_checkpoints_with_their_own_scores(train_config, tmp_path, untracked, monkeypatch):
    scores = iter([0.1, 0.75, 0.25])
    monkeypatch.setattr(RecognitionTask, "evaluate", lambda *_: {"acc": next(scores), "norm_edit_dis": 0.5})
    monkeypatch.setattr(RecognitionTask, "export", lambda self, net, folder: folder.mkdir(parents=True, exist_ok=True))
    settings = {"epochs_iters": 3, "batch_size": 24, "eval_interval": 2, "keep_last": 2}
    models = run_stage("train", train_config(tmp_path / "output", **settings))["models"]
    found = [(models[f"last_{place}"].get("pdopt"), models[f"last_{place}"].get("score")) for place in (1, 2, 3)]
    assert found == [("iter_epoch_3/iter_epoch_3.pdopt", 0.25), ("iter_epoch_2/iter_epoch_2.pdopt", 0.75), (None, None)]
    assert models["best"]["score"] == 0.75


def test_mixed_precision_is_refused_on_the_cpu(train_config, tmp_path):
    with pytest.raises(UsageError, match=r"Train\.amp=O1: Paddle has mixed precision on cards only"):
        stage.run(train_config(tmp_path / "output", amp="O1"))
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(("key", "value"), [("dy2st", True), ("basic_config_path", "x.yaml")])
def test_keys_without_effect_are_refused(train_config, tmp_path, key, value):
    with pytest.raises(UsageError, match=rf"Train\.{key}: not supported by ocrflow"):
        stage.run(train_config(tmp_path / "output", **{key: value}))
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("PP-OCRv3_mobile_rec", "PP-OCRv3_mobile_rec cannot be trained by ocrflow yet"),
        ("PP-OCRv6_tiny_rex", "did you mean 'PP-OCRv6_tiny_rec'"),
    ],
)
def test_models_that_cannot_be_trained(tmp_path, model, message):
    with pytest.raises(UsageError, match=message):
        stage.run(RunConfig(Global=GlobalSection(model=model, output=str(tmp_path / "output"))))


@pytest.mark.parametrize("path", ["starter:none", "none.pdparams"])
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


def test_weights_that_cannot_be_downloaded_are_told_with_their_place(train_config, tmp_path, untracked, monkeypatch):
    monkeypatch.setattr("ocrflow.data.http_download.RETRY_WAITS_S", ())
    url = "http://127.0.0.1:9/rec/PP-OCRv4_mobile_rec_pretrained.pdparams"
    with pytest.raises(
        OutsideError, match=r"refused the connection\n  fix: put the file at .*mobile_rec_pretrained\.pd"
    ):
        run_stage("train", train_config(tmp_path / "output", pretrain_weight_path=url))


def test_a_stopped_training_goes_on_by_itself(train_config, tmp_path, untracked, monkeypatch, capsys):
    """And needs its starting weights no more."""
    monkeypatch.setattr(RecognitionTask, "export", lambda self, net, folder: folder.mkdir(parents=True, exist_ok=True))
    output = tmp_path / "output"
    run_stage("train", train_config(output, max_steps=3, resume_path="auto"))
    assert "nothing to go on from in" in capsys.readouterr().out
    result = run_stage("train", train_config(output, pretrain_weight_path="none.pdparams", resume_path="auto"))
    assert result["steps"] > 3 and result["weights"]["source"] is None
    assert "going on from" in capsys.readouterr().out


@pytest.mark.parametrize(("asked", "hosts", "processes"), [(2, None, 2), (2, "a,b", 4), (50, None, 24)])
def test_processes_of_all_hosts(train_config, tmp_path, asked, hosts, processes):
    config = train_config(tmp_path / "output", num_processes=asked, dist_ips=hosts)
    assert stage.processes_of(config, Device("cpu"), 24) == processes
    with pytest.raises(UsageError, match="48 training processes for 24 rows"):
        stage.processes_of(train_config(tmp_path, num_processes=24, dist_ips="a,b"), Device("cpu"), 24)


def test_supported_keys_pass():
    stage.refuse_unsupported(RunConfig(Train=TrainSection(amp="OFF")))
