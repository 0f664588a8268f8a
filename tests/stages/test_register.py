"""The register stage against real SQLite stores, a real exported network and, for serving, real processes."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.config import GlobalSection, RegisterSection, RunConfig
from ocrflow.errors import DataError, OutsideError, UsageError
from ocrflow.files import read_json, sha256_of, write_json, write_jsonl
from ocrflow.inference.model_dir import model_sha256
from ocrflow.inference.recognizer import Recognizer
from ocrflow.stages.base import run_stage
from ocrflow.tracking.store import open_store

ACC = 0.75
NAME = "plates-text_recognition"
WEIGHTS = Path("output/best_accuracy/best_accuracy.pdparams")


def config_of(**register) -> RunConfig:
    return RunConfig(Global=GlobalSection(dataset_dir="plates", output="output"), Register=RegisterSection(**register))


def write_results(output: Path, exported_model: Path) -> None:
    """What the earlier stages leave, around a real exported model."""
    model_dir = output / "export"
    shutil.copytree(exported_model, model_dir)
    sha256 = model_sha256(model_dir)
    made_of = {"git_commit": "c" * 40 + "+dirty", "dvc_hash": "5185e4eab9c6f041cb923508c4cf45ab.dir"}
    made_of |= {"data_version": "d" * 64, "split_sha256": "e" * 64, "dict_sha256": "f" * 64}
    best = {"epoch": 2, "acc": ACC, "norm_edit_dis": 0.9}
    train = {"done_flag": True, "rows_train": 30, "best": best, "baseline": {"acc": 0.25, "norm_edit_dis": 0.5}}
    metrics = {"acc": ACC, "norm_edit_dis": 0.9, "cer": 0.1}
    evaluate = {"done_flag": True, "metrics": metrics, "rows_labelled": 8, "rows_scored": 8, "wrong": 2}
    parity = {"rows": 8, "text_mismatches": 0, "max_score_difference": 1e-6}
    export = {"done_flag": True, "model_dir": str(model_dir), "model_sha256": sha256, "parity": parity}
    write_json(output / "train_result.json", train | {"made_of": made_of})
    write_json(
        output / "evaluate_result.json",
        evaluate | {"model_dir": str(model_dir), "model_sha256": sha256, "made_of": made_of},
    )
    WEIGHTS.parent.mkdir()
    WEIGHTS.write_bytes(b"weights")
    write_json(output / "export_result.json", export | {"made_of": made_of | {"weights_sha256": sha256_of(WEIGHTS)}})
    write_jsonl(
        output / "train" / "metrics.jsonl",
        [
            {"epoch": 0, "step": 0, "acc": 0.25, "norm_edit_dis": 0.5},
            {"epoch": 1, "step": 4, "loss": 2.0, "acc": 0.5, "norm_edit_dis": 0.7},
            {"epoch": 2, "step": 8, "loss": 1.0, "acc": ACC, "norm_edit_dis": 0.9},
        ],
    )
    write_jsonl(output / "evaluate" / "predictions.jsonl", [{"image": "a.png", "correct": True}])


def edit(path: Path, **values: object) -> None:
    write_json(path, read_json(path) | values)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, exported_model: Path) -> Iterator[tuple[Path, dict]]:
    """A working directory with one registered version, and the stage's result."""
    here = tmp_path_factory.mktemp("with space")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.delenv("MLFLOW_RUN_ID", raising=False)
        write_results(Path("output"), exported_model.absolute())
        result = run_stage("register", config_of())
    yield here, result


@pytest.fixture
def work(first: tuple[Path, dict], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The registered working directory as the current one; its output folder is put back afterwards."""
    here = first[0]
    monkeypatch.chdir(here)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("MLFLOW_RUN_ID", raising=False)
    saved = tmp_path / "output"
    shutil.copytree("output", saved)
    yield here
    shutil.rmtree("output")
    shutil.copytree(saved, "output")


def test_result_names_what_was_registered(first: tuple[Path, dict]) -> None:
    result = first[1]
    expected = {"name": NAME, "version": 1, "alias": "best_accuracy", "alias_set": True, "experiment": "ocrflow"}
    expected |= {"tracking_uri": "sqlite:///mlruns/mlflow.db", "model_uri": f"models:/{NAME}/1"}
    expected |= {"ui_command": "mlflow ui --backend-store-uri sqlite:///mlruns/mlflow.db", "data_version": "d" * 64}
    assert {key: result[key] for key in expected} == expected
    assert result["gate"] == {
        "condition": "acc >= 0.0",
        "metric": "acc",
        "acc": ACC,
        "min_accuracy": 0.0,
        "passed": True,
        "missing": 0.0,
    }
    assert os.environ.get("MLFLOW_TRACKING_URI") is None


def test_run_holds_epochs_scores_data_and_files(first: tuple[Path, dict], work: Path) -> None:
    client = open_store("ocrflow").client
    run_id = first[1]["run_id"]
    run = client.get_run(run_id)
    assert [(metric.step, metric.value) for metric in client.get_metric_history(run_id, "acc")] == [
        (0, 0.25),
        (1, 0.5),
        (2, ACC),
    ]
    assert len(client.get_metric_history(run_id, "loss")) == 2
    assert run.data.metrics["eval.acc"] == ACC and run.data.metrics["baseline.acc"] == 0.25
    assert run.data.params["Train.epochs_iters"] == "20" and run.data.params["Train.pretrain_weight_path"] == "null"
    assert run.data.tags["mlflow.source.git.commit"] == "c" * 40
    inputs = {item.tags[0].value: item.dataset for item in run.inputs.dataset_inputs}
    assert {key: (value.name, value.digest) for key, value in inputs.items()} == {
        "training": ("plates-train", "5185e4eab9c6f041cb923508c4cf45ab.dir"),
        "validation": ("plates-val", "5185e4eab9c6f041cb923508c4cf45ab.dir"),
    }
    assert {item.path for item in client.list_artifacts(run_id)} == {
        "train_result.json",
        "evaluate_result.json",
        "export_result.json",
        "train",
        "evaluate",
    }
    assert run.info.status == "FINISHED"


def test_note_has_scores_before_and_after(first: tuple[Path, dict], work: Path) -> None:
    client = open_store("ocrflow").client
    note = client.get_run(first[1]["run_id"]).data.tags["mlflow.note.content"]
    assert "| acc | 0.2500 | **0.7500** |" in note
    assert f"get-artifact?path=evaluate%2Fpredictions.jsonl&run_uuid={first[1]['run_id']}" in note
    assert client.get_model_version(NAME, "1").description == note


def test_version_tags_and_linked_metrics(first: tuple[Path, dict], work: Path) -> None:
    client = open_store("ocrflow").client
    version = client.get_model_version_by_alias(NAME, "best_accuracy")
    assert int(version.version) == 1
    assert version.tags["model_sha256"] == model_sha256(Path("output/export"))
    assert version.tags["run_id"] == version.run_id == first[1]["run_id"]
    assert {"acc", "data_version", "git_commit", "split_sha256", "dict_sha256"} <= set(version.tags)
    model = client.get_logged_model(version.source.removeprefix("models:/"))
    assert {metric.key: metric.value for metric in model.metrics}["eval.acc"] == ACC


LOAD = """
import json, sys
import mlflow.pyfunc, numpy, pandas
paths, name = json.loads(sys.argv[1]), sys.argv[2]
model = mlflow.pyfunc.load_model(f"models:/{name}@best_accuracy")
import cv2, ocrflow
arrays = [cv2.imread(path) for path in paths]
contents = [open(path, "rb").read() for path in paths]
json.dump({
    "paths": model.predict(paths),
    "bytes": model.predict(contents),
    "arrays": model.predict(arrays),
    "frame": model.predict(pandas.DataFrame({"image": arrays})),
    "code": ocrflow.__file__,
    "modules": sorted({module.split(".")[0] for module in sys.modules}),
}, open("answers.json", "w"))
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory, mixed_images: list[np.ndarray]) -> list[Path]:
    folder = tmp_path_factory.mktemp("images")
    paths = [folder / f"{index}.png" for index in range(6)]
    for path, image in zip(paths, mixed_images[8:], strict=False):
        cv2.imwrite(str(path), image)
    return paths


def clean_environment(here: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MLFLOW_RUN_ID")}
    return kept | {"MLFLOW_TRACKING_URI": f"sqlite:///{here}/mlruns/mlflow.db", "MLFLOW_DISABLE_TELEMETRY": "true"}


def expected_texts(here: Path, images: list[Path]) -> list[str]:
    texts = [reading.text for reading in Recognizer(here / "output" / "export").predict_files(images)]
    assert len(set(texts)) > 1
    return texts


def test_model_reads_in_a_fresh_process(first: tuple[Path, dict], images: list[Path], tmp_path: Path) -> None:
    here = first[0]
    paths = json.dumps([str(path) for path in images])
    command = [sys.executable, "-c", LOAD, paths, NAME]
    done = subprocess.run(command, cwd=tmp_path, env=clean_environment(here), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answers = read_json(tmp_path / "answers.json")
    texts = expected_texts(here, images)
    for kind in ("paths", "bytes", "arrays", "frame"):
        assert [answer["text"] for answer in answers[kind]] == texts, kind
        assert all(0 <= answer["score"] <= 1 for answer in answers[kind])
    assert (here / "mlruns" / "artifacts") in Path(answers["code"]).parents
    assert not {"paddlex", "kfp", "dvc", "great_expectations"} & set(answers["modules"])


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@pytest.fixture
def served(first: tuple[Path, dict], tmp_path: Path) -> Iterator[str]:
    """Address of `mlflow models serve` with the aliased model."""
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local", "-h", "127.0.0.1"]
    command += ["-p", str(port), "-m", f"models:/{NAME}@best_accuracy"]
    # the server starts `uvicorn` by name
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with (tmp_path / "serve.log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=tmp_path,
            env=clean_environment(first[0]) | {"PATH": path},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/ping", server, tmp_path / "serve.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    pytest.fail(f"{url} does not answer:\n{log.read_text()[-2000:]}")


def test_served_model_answers_base64(first: tuple[Path, dict], served: str, images: list[Path]) -> None:
    content = base64.b64encode(images[0].read_bytes()).decode()
    body = json.dumps({"inputs": [content, f"data:image/png;base64,{content}"]}).encode()
    request = urllib.request.Request(f"{served}/invocations", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        predictions = json.load(answer)["predictions"]
    assert [item["text"] for item in predictions] == 2 * expected_texts(first[0], images)[:1]


def test_same_model_keeps_its_version(first: tuple[Path, dict], work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = run_stage("register", config_of())
    assert (again["version"], again["run_id"], again["reused"]) == (1, first[1]["run_id"], True)
    client = open_store("ocrflow").client
    assert len(client.search_model_versions(f"name = '{NAME}'")) == 1
    assert len(client.get_metric_history(again["run_id"], "eval.acc")) == 1
    assert len(client.get_metric_history(again["run_id"], "acc")) == 3
    assert "registered plates-text_recognition version 1 (alias best_accuracy)" in capsys.readouterr().out


def test_other_data_is_another_version(work: Path) -> None:
    for stage in ("train", "evaluate"):
        path = Path(f"output/{stage}_result.json")
        edit(path, made_of=read_json(path)["made_of"] | {"data_version": "other"})
    name = "other-data"
    assert run_stage("register", config_of(name=name))["version"] == 1
    edit(Path("output/evaluate_result.json"), made_of=read_json(Path("output/train_result.json"))["made_of"])
    for stage in ("train", "evaluate"):
        path = Path(f"output/{stage}_result.json")
        edit(path, made_of=read_json(path)["made_of"] | {"data_version": "newer"})
    result = run_stage("register", config_of(name=name))
    assert (result["version"], result["reused"]) == (2, False)
    holder = open_store("ocrflow").client.get_model_version_by_alias(name, "best_accuracy")
    assert int(holder.version) == 2


def test_gate_refuses_the_alias_and_says_by_how_much(work: Path) -> None:
    with pytest.raises(DataError, match=r"acc >= 0.9 refuses gated version 1: acc 0.7500 is 0.1500 too low"):
        run_stage("register", config_of(name="gated", min_accuracy=0.9))
    result = read_json(Path("output/register_result.json"))
    assert result["done_flag"] is False and result["alias_set"] is False and result["gate"]["passed"] is False
    client = open_store("ocrflow").client
    assert [int(version.version) for version in client.search_model_versions("name = 'gated'")] == [1]
    assert client.get_registered_model("gated").aliases == {}
    passed = run_stage("register", config_of(name="gated", min_accuracy=ACC))
    assert (passed["version"], passed["alias_set"]) == (1, True)


def test_training_run_is_joined_and_completed(work: Path) -> None:
    from ocrflow.tracking.run import start_run

    logger = start_run(config_of(), data_version="d" * 64)
    logger.log_epoch({"acc": 0.25, "norm_edit_dis": 0.5}, step=0)
    result = run_stage("register", config_of(name="joined"))
    assert result["run_id"] == logger.run_id
    client = open_store("ocrflow").client
    assert [metric.step for metric in client.get_metric_history(result["run_id"], "acc")] == [0, 1, 2]
    assert client.get_run(result["run_id"]).info.status == "FINISHED"


def test_run_of_another_store_is_replayed(work: Path) -> None:
    write_json(Path("output/train/mlflow_run.json"), {"run_id": "0" * 32})
    result = run_stage("register", config_of(name="replayed"))
    assert result["run_id"] != "0" * 32
    assert len(open_store("ocrflow").client.get_metric_history(result["run_id"], "acc")) == 3
    assert read_json(Path("output/train/mlflow_run.json"))["run_id"] == result["run_id"]


@pytest.mark.parametrize(
    ("stage", "values", "error", "message"),
    [
        ("export", {"model_sha256": "0" * 64}, UsageError, "evaluate and export are of different models"),
        ("evaluate", {"rows_scored": 7}, DataError, "scored 7 of 8 labelled rows"),
        ("evaluate", {"rows_scored": 0, "rows_labelled": 0}, DataError, "scored 0 of 0"),
        ("export", {"parity": {"rows": 8, "text_mismatches": 1}}, DataError, "answers 1 of 8 rows otherwise"),
        ("train", {"made_of": {"data_version": "old"}}, UsageError, "trained on the data version old"),
        (
            "train",
            {"made_of": {"data_version": "d" * 64, "split_sha256": "old"}},
            UsageError,
            "trained on the split old and scored on eeeeeeeeeeee",
        ),
        ("evaluate", {"done_flag": False}, UsageError, "the stage evaluate failed"),
    ],
)
def test_results_that_do_not_fit_are_refused(
    work: Path, stage: str, values: dict, error: type[Exception], message: str
) -> None:
    edit(Path(f"output/{stage}_result.json"), **values)
    with pytest.raises(error, match=message):
        run_stage("register", config_of(name="never"))


def test_changed_model_is_refused(work: Path) -> None:
    with Path("output/export/inference.yml").open("a") as file:
        file.write("# changed\n")
    with pytest.raises(UsageError, match="changed after the export"):
        run_stage("register", config_of(name="never"))


def test_training_after_the_export_is_noticed(work: Path) -> None:
    WEIGHTS.write_bytes(b"newer weights")
    with pytest.raises(UsageError, match="was there a training since"):
        run_stage("register", config_of())


@pytest.mark.parametrize("register", [{"alias": "v2"}, {"alias": "latest"}, {"alias": "a b"}, {"name": "a/b"}])
def test_names_that_mlflow_refuses(work: Path, register: dict) -> None:
    with pytest.raises(UsageError, match=rf"Register.{next(iter(register))}="):
        run_stage("register", config_of(**register))


def test_unreachable_server_is_named(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://user:secret@127.0.0.1:{free_port()}")
    start = time.monotonic()
    with pytest.raises(OutsideError, match=r"MLflow at http://127.0.0.1:") as caught:
        run_stage("register", config_of())
    assert time.monotonic() - start < 15
    assert "unset MLFLOW_TRACKING_URI" in str(caught.value) and "secret" not in str(caught.value)
    assert read_json(Path("output/register_result.json"))["err_type"] == "OutsideError"
