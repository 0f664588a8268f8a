from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import pytest

from ocrflow.config import GlobalSection, RegisterSection, RunConfig, TrainSection
from ocrflow.files import read_json, write_json
from ocrflow.tracking.records import flat_params, replay_epochs, run_file
from ocrflow.tracking.run import start_run
from ocrflow.tracking.store import Store, open_store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all tests here: making its schema takes seconds."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(folder)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
    return open_store("ocrflow")


def config_of(output: Path, **train) -> RunConfig:
    return RunConfig(Global=GlobalSection(output=str(output)), Train=TrainSection(**train), Register=RegisterSection())


def test_run_holds_configuration_and_epochs(store: Store, tmp_path: Path) -> None:
    config = config_of(tmp_path, epochs_iters=3)
    logger = start_run(config, data_version="d1")
    logger.log_epoch({"acc": 0.1}, step=0)
    logger.log_epoch({"acc": 0.2, "loss": 3.0, "note": "text"}, step=1)  # type: ignore[dict-item]
    logger.close("FINISHED")
    run = store.client.get_run(logger.run_id)
    assert run.info.status == "FINISHED" and run.info.run_name.startswith("PP-OCRv6_tiny_rec 20")
    assert run.data.params["Train.epochs_iters"] == "3" and run.data.params["Global.model"] == "PP-OCRv6_tiny_rec"
    assert {"data_version": "d1", "task": "text_recognition"}.items() <= run.data.tags.items()
    assert [(item.step, item.value) for item in store.client.get_metric_history(logger.run_id, "acc")] == [
        (0, 0.1),
        (1, 0.2),
    ]
    expected = {"tracking_uri": "sqlite:///mlruns/mlflow.db", "experiment": "ocrflow", "run_id": logger.run_id}
    assert read_json(run_file(config)) == expected


def test_values_are_cut_and_null_is_said() -> None:
    params = flat_params(config_of(Path("output"), pretrain_weight_path="x" * 900))
    assert len(params["Train.pretrain_weight_path"]) == 500
    assert params["Train.resume_path"] == "null" and params["CheckDataset.split.seed"] == "0"
    assert "Global.output" not in params


def test_a_store_that_breaks_stops_the_logging_only(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    breaking = tmp_path / "broken.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{breaking}")
    logger = start_run(config_of(tmp_path / "output"))
    logger.log_epoch({"acc": 0.1}, step=0)
    assert logger.run_id and "warning" not in capsys.readouterr().err
    with sqlite3.connect(breaking) as database:
        database.execute("drop table metrics")
    logger.log_epoch({"acc": 0.2}, step=1)
    logger.log_epoch({"acc": 0.3}, step=2)
    logger.close("FINISHED")
    warnings = capsys.readouterr().err.strip().splitlines()
    assert len(warnings) == 1 and warnings[0].startswith("warning: MLflow logging is off: ")
    assert logger.run_id is None


def test_training_starts_without_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_of(tmp_path)
    write_json(run_file(config), {"run_id": "that of an earlier training"})
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    start = time.monotonic()
    logger = start_run(config)
    logger.log_epoch({"acc": 0.1}, step=0)
    logger.close()
    assert time.monotonic() - start < 15
    assert logger.run_id is None and not run_file(config).exists()
    assert capsys.readouterr().err.count("MLflow logging is off") == 1


def test_run_that_the_environment_names_is_joined(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = store.client.create_run(store.experiment_id, run_name="mine").info.run_id
    store.client.log_param(mine, "Train.seed", "from outside")
    monkeypatch.setenv("MLFLOW_RUN_ID", mine)
    logger = start_run(config_of(tmp_path))
    logger.close("FAILED")
    run = store.client.get_run(mine)
    assert logger.run_id == mine == os.environ["MLFLOW_RUN_ID"]
    assert (run.info.run_name, run.info.status) == ("mine", "FAILED")
    assert run.data.params["Train.seed"] == "from outside" and run.data.params["Train.batch_size"] == "8"


def test_unknown_run_in_the_environment_is_said(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_RUN_ID", "0" * 32)
    assert start_run(config_of(tmp_path)).run_id is None
    assert f"MLFLOW_RUN_ID={'0' * 32}: no such run" in capsys.readouterr().err


def test_resumed_training_goes_on_in_its_run(store: Store, tmp_path: Path) -> None:
    first = start_run(config_of(tmp_path))
    first.close("KILLED")
    resumed = start_run(config_of(tmp_path, resume_path="output/latest/latest.pdparams", epochs_iters=40))
    assert resumed.run_id == first.run_id
    assert store.client.get_run(first.run_id).info.status == "RUNNING"
    assert start_run(config_of(tmp_path)).run_id != first.run_id


def test_replay_writes_only_what_is_missing(store: Store) -> None:
    run_id = store.client.create_run(store.experiment_id).info.run_id
    store.client.log_metric(run_id, "acc", 0.5, step=1)
    epochs = [{"epoch": 0, "step": 0, "acc": 0.1}, {"epoch": 1, "step": 9, "acc": 0.7, "loss": 2.0}]
    assert replay_epochs(store, run_id, epochs) == 2
    assert replay_epochs(store, run_id, epochs) == 0
    history = store.client.get_metric_history(run_id, "acc")
    assert sorted((item.step, item.value) for item in history) == [(0, 0.1), (1, 0.5)]
    assert store.client.get_metric_history(run_id, "loss")[0].step == 1
    assert store.client.get_metric_history(run_id, "step") == []
