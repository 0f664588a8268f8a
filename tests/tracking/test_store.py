from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocrflow.errors import OutsideError, UsageError
from ocrflow.tracking.store import open_store

PROCESSES = 4
TOGETHER = """
import multiprocessing, sys
import mlflow.store.tracking.sqlalchemy_store, mlflow.store.model_registry.sqlalchemy_store
from ocrflow.tracking.store import open_store

def work(index, ready):
    ready.wait()
    store = open_store("together")
    run = store.client.create_run(store.experiment_id)
    store.client.log_metric(run.info.run_id, "process", index)

fork = multiprocessing.get_context("fork")
ready = fork.Barrier(int(sys.argv[1]))
processes = [fork.Process(target=work, args=(index, ready)) for index in range(int(sys.argv[1]))]
[process.start() for process in processes]
[process.join() for process in processes]
sys.exit(sum(process.exitcode != 0 for process in processes))
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path


def test_processes_that_start_together_share_a_fresh_store(here: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", TOGETHER, str(PROCESSES)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    store = open_store("together")
    runs = store.client.search_runs([store.experiment_id])
    assert sorted(run.data.metrics["process"] for run in runs) == list(range(PROCESSES))


def test_experiment_opens_in_the_view_for_models_and_keeps_artifacts_beside(here: Path) -> None:
    store = open_store("plates")
    experiment = store.client.get_experiment(store.experiment_id)
    assert experiment.artifact_location == str(here / "mlruns" / "artifacts")
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"
    assert (here / "mlruns" / "mlflow.db").is_file() and not (here / "mlflow.db").exists()
    assert open_store("plates").experiment_id == store.experiment_id
    store.client.delete_experiment(store.experiment_id)
    with pytest.raises(UsageError, match=f"restore --experiment-id {store.experiment_id}"):
        open_store("plates")
    open_store("others")
    shutil.rmtree(here / "mlruns" / "artifacts")
    with pytest.raises(UsageError, match="cannot be moved"):
        open_store("others")


def test_damaged_database_is_named(here: Path) -> None:
    (here / "mlruns").mkdir()
    (here / "mlruns" / "mlflow.db").write_bytes(b"no database" * 100)
    with pytest.raises(OutsideError, match=r"MLflow at sqlite:///mlruns/mlflow.db failed: "):
        open_store("plates")


def test_schema_of_another_version_names_the_upgrade(here: Path) -> None:
    (here / "mlruns").mkdir()
    with sqlite3.connect(here / "mlruns" / "mlflow.db") as database:
        database.execute("create table alembic_version (version_num text)")
        database.execute("insert into alembic_version values ('451aebb31d03')")
        database.execute("create table experiments (experiment_id integer)")
    with pytest.raises(OutsideError, match=r"MLflow at sqlite:///mlruns/mlflow.db failed: "):
        open_store("plates")


def test_folder_that_cannot_be_made(here: Path) -> None:
    (here / "mlruns").write_text("a file in the way")
    with pytest.raises(OutsideError, match="mlruns"):
        open_store("plates")


def test_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
        start = time.monotonic()
        with pytest.raises(OutsideError, match="unset MLFLOW_TRACKING_URI"):
            open_store("plates")
    assert time.monotonic() - start < 15
