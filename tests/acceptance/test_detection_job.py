"""The detector's job as a person runs it, small: from labelled scenes to a registered model that PaddleX serves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TASK = "text_detection"
STAGES = ("check_dataset", "expectations", "split", "train", "evaluate", "export", "report", "register")
SERVED = """
import json, os, sys
os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
import paddlex
model = paddlex.create_model("PP-OCRv6_tiny_det", model_dir=sys.argv[1], device="cpu")
for result in model.predict(sys.argv[2:]):
    polygons = result["dt_polys"].tolist() if len(result["dt_polys"]) else []
    print("BOXES", json.dumps([polygons, list(result["dt_scores"])]))
"""
REGISTERED = """
import json, mlflow, sys
mlflow.set_tracking_uri("sqlite:///mlruns/mlflow.db")
model = mlflow.pyfunc.load_model("models:/scenes@best_accuracy")
print("ANSWER", json.dumps(model.predict(sys.argv[1:])))
"""


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the virtual environment in `folder`."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW", "OCRFLOW_STORE"))}
    return subprocess.run(
        words, cwd=folder, env=environment | {"PATH": path}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all stages ran on 24 scenes: two epochs of tiny crops."""
    folder = tmp_path_factory.mktemp("project")
    settings = {
        "Global.model": "PP-OCRv6_tiny_det",
        "Global.dataset_dir": "scenes",
        "Global.output": "output",
        "Global.device": "cpu",
        "CheckDataset.split.enable": "true",
        "CheckDataset.split.train_percent": "75",
        "CheckDataset.split.val_percent": "25",
        "Train.epochs_iters": "2",
        "Train.crop_size": "64",
        "Train.longest_side": "160",
        "Train.num_processes": "2",
        "Register.name": "scenes",
    }
    overrides = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
    (folder / "config.yaml").write_text("Global: {}\n", encoding="utf-8")
    for words in (
        ("ocrflow", "data", "synth", "scenes", "--task", TASK, "--n", "24", "--seed", "3"),
        ("ocrflow", "run", "-c", "config.yaml", *overrides),
        ("ocrflow", "predict", "-c", "config.yaml", *overrides, "-o", "Predict.input=scenes/images"),
    ):
        done = command(folder, *words)
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return folder


def result(project: Path, stage: str) -> dict:
    return json.loads((project / "output" / f"{stage}_result.json").read_text(encoding="utf-8"))


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_stage_says_that_it_is_done(project):
    assert [result(project, stage)["done_flag"] for stage in STAGES] == [True] * len(STAGES)


def test_training_leaves_what_paddlex_leaves(project):
    trained = result(project, "train")
    assert trained["label_dict"] == ""
    assert not (project / "output" / "label_dict.txt").exists()
    assert trained["models"]["best"]["score"] == trained["best"]["hmean"]
    for file in trained["models"]["best"].values():
        assert isinstance(file, float) or (project / "output" / file).is_file()
    epochs = lines(project / "output" / "train" / "metrics.jsonl")
    assert [epoch["epoch"] for epoch in epochs] == [0, 1, 2]
    assert epochs[2]["loss"] < epochs[1]["loss"]
    assert all({"hmean", "precision", "recall"} <= set(epoch) for epoch in epochs)
    assert (trained["crop_size"], trained["longest_side"], trained["num_processes"]) == (64, 160, 2)


def test_every_labelled_image_is_scored_by_the_registered_model(project):
    evaluation, export, registered = (result(project, stage) for stage in ("evaluate", "export", "register"))
    rows = result(project, "split")["val_rows"]
    assert evaluation["rows_scored"] == evaluation["rows_labelled"] == rows > 1
    assert evaluation["model_sha256"] == export["model_sha256"] == registered["model_sha256"]
    assert all(abs(value) < 0.02 for value in evaluation["parity"]["difference"].values())
    assert export["parity"]["rows"] == rows and export["parity"]["box_mismatches"] == 0
    assert registered["gate"]["metric"] == "hmean" and registered["alias_set"]


def test_paddlex_finds_the_same_boxes(project):
    """With low thresholds, which both read from inference.yml: after two epochs the map is not sure of anything."""
    shutil.copytree(project / "output" / "export", project / "unsure")
    page = project / "unsure" / "inference.yml"
    page.write_text(re.sub(r"thresh: [\d.]+", "thresh: 0.1", page.read_text(encoding="utf-8")), encoding="utf-8")
    settings = ("Global.model=PP-OCRv6_tiny_det", "Global.output=second", "Global.device=cpu")
    words = [*settings, "Predict.model_dir=unsure", "Predict.input=scenes/images"]
    done = command(project, "ocrflow", "predict", "-c", "config.yaml", "-o", *words)
    assert done.returncode == 0, done.stderr
    predictions = lines(project / "second" / "predict" / "predictions.jsonl")
    assert sum(len(row["boxes"]) for row in predictions) > 10
    images = [row["image"] for row in predictions]
    done = command(project, sys.executable, "-c", SERVED, "unsure", *images)
    assert done.returncode == 0, done.stderr
    served = [json.loads(line.removeprefix("BOXES ")) for line in done.stdout.splitlines() if line.startswith("BOXES ")]
    assert len(served) == len(predictions) == 24
    for (polygons, scores), row in zip(served, predictions, strict=True):
        assert polygons == [box["points"] for box in row["boxes"]]
        assert scores == pytest.approx([box["score"] for box in row["boxes"]], abs=1e-5)


def test_the_registered_model_answers_in_a_fresh_process(project):
    rows = lines(project / "output" / "predict" / "predictions.jsonl")[:3]
    done = command(project, sys.executable, "-c", REGISTERED, *(row["image"] for row in rows))
    assert done.returncode == 0, done.stderr
    answer = next(line for line in done.stdout.splitlines() if line.startswith("ANSWER"))
    found = json.loads(answer.removeprefix("ANSWER "))
    assert [[box["points"] for box in image["boxes"]] for image in found] == [
        [box["points"] for box in row["boxes"]] for row in rows
    ]


def test_the_table_names_what_a_person_wants_to_know(project):
    settings = ("Global.model=PP-OCRv6_tiny_det", "Global.dataset_dir=scenes", "Global.output=output")
    overrides = [word for setting in settings for word in ("-o", setting)]
    done = command(project, "ocrflow", "summary", "-c", "config.yaml", *overrides)
    assert done.returncode == 0, done.stderr
    rows = result(project, "split")["val_rows"]
    for text in ("PP-OCRv6_tiny_det", f"{rows} of {rows}", "hmean", "version 1 @best_accuracy"):
        assert text in done.stdout
