"""The main job as a newcomer runs it, small: `dvc repro` from labelled images to a registered model that answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ocrflow.config_file import load_config

ROOT = Path(__file__).parents[2]
TASK = "text_recognition"
DETECTION = "text_detection"
TINY = {"epochs_iters": 1, "num_processes": 1, "crop_size": 64, "longest_side": 160}
STAGES = ("check_dataset", "expectations", "split", "train", "evaluate", "export", "report", "register")


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the virtual environment in `folder`."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=1800, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone's files with 80 plates and 24 streets as data and one epoch of each training, after `dvc repro`."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "dvc.yaml", folder)
    (folder / "ocrflow" / "nets").mkdir(parents=True)
    shutil.copytree(ROOT / "ocrflow" / "nets" / "starters", folder / "ocrflow" / "nets" / "starters")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params[TASK]["Train"] |= {"epochs_iters": 1, "num_processes": 1}
    params[TASK]["Register"] |= {"min_accuracy": 0.0}
    params[DETECTION] |= {"Train": TINY, "Register": {"name": "demo-text_detection"}, "Evaluate": {}, "Export": {}}
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    for words in (
        ("git", "init", "-q"),
        ("dvc", "init", "-q"),
        ("ocrflow", "data", "synth", f"data/{TASK}", "--n", "80", "--seed", "3"),
        ("ocrflow", "data", "synth", f"data/{DETECTION}", "--task", DETECTION, "--n", "24", "--seed", "3"),
        ("dvc", "add", "-q", "data"),
        ("dvc", "repro"),
    ):
        done = command(folder, *words)
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return folder


def result(project: Path, stage: str) -> dict:
    return json.loads((project / "output" / TASK / f"{stage}_result.json").read_text(encoding="utf-8"))


def test_the_gate_runs_for_text_detection_too(project: Path) -> None:
    folder = project / "output" / DETECTION
    results = {stage: json.loads((folder / f"{stage}_result.json").read_text("utf-8")) for stage in STAGES[:3]}
    assert results["check_dataset"]["check_pass"] and results["check_dataset"]["dataset_type"] == "TextDetDataset"
    assert results["expectations"]["success"]
    assert results["split"]["train_rows"] + results["split"]["val_rows"] == 24


def test_both_models_run_as_one_pipeline(project: Path) -> None:
    folder = project / "output"
    pipeline = json.loads((folder / "ocr" / "ocr_result.json").read_text(encoding="utf-8"))
    rows = json.loads((folder / DETECTION / "split_result.json").read_text(encoding="utf-8"))["val_rows"]
    assert pipeline["done_flag"] and pipeline["rows_scored"] == pipeline["rows_labelled"] == rows
    for task, model in ((DETECTION, pipeline["det_model"]), (TASK, pipeline["rec_model"])):
        export = json.loads((folder / task / "export_result.json").read_text(encoding="utf-8"))
        assert (model["model_dir"], model["sha256"]) == (export["model_dir"], export["model_sha256"])
    assert len(list((folder / "ocr" / "ocr").glob("*_res.json"))) == rows


def test_another_output_folder_takes_everything_with_it():
    """`make run DATA=... OUT=...` must not write into the demo's folder."""
    own = load_config(str(ROOT / "params.yaml"), TASK, ["Global.output=own"])
    assert "output/" not in own.model_dump_json()


def test_every_stage_says_that_it_is_done(project):
    assert [result(project, stage)["done_flag"] for stage in STAGES] == [True] * len(STAGES)


def test_every_labelled_row_is_scored_by_the_registered_model(project):
    evaluation, export, registered = (result(project, stage) for stage in ("evaluate", "export", "register"))
    assert evaluation["rows_scored"] == evaluation["rows_labelled"] == 12
    assert evaluation["model_sha256"] == export["model_sha256"]
    assert registered["alias_set"] and registered["version"]


def test_results_name_the_data_that_dvc_tracks(project):
    tracked = yaml.safe_load((project / "data.dvc").read_text(encoding="utf-8"))["outs"][0]["md5"]
    assert result(project, "train")["made_of"]["dvc_hash"] == tracked
    assert result(project, "train")["made_of"]["data_version"] == result(project, "check_dataset")["data_version"]


def test_a_second_run_runs_nothing(project):
    done = command(project, "dvc", "repro")
    assert done.returncode == 0
    assert "Running stage" not in done.stdout


def test_the_table_names_what_a_person_wants_to_know(project):
    done = command(project, "ocrflow", "summary", "-c", "params.yaml", "--task", TASK)
    assert done.returncode == 0, done.stderr
    for text in (
        "PP-OCRv6_tiny_rec",
        "12 of 12",
        "output/text_recognition/export",
        "version 1 @best_accuracy",
        "mlflow ui",
    ):
        assert text in done.stdout


def test_the_stock_packages_read_every_validation_row_as_the_evaluation_did(project):
    lines = (project / "output" / TASK / "evaluate" / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    program = (
        "import os, sys; os.environ['PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK'] = 'True'; folder, *images = sys.argv[1:];"
        "import paddlex, paddleocr;"
        "served = [paddlex.create_model('PP-OCRv6_tiny_rec', model_dir=folder),"
        "          paddleocr.TextRecognition(model_name='PP-OCRv6_tiny_rec', model_dir=folder)];"
        "[print('TEXT', result['rec_text']) for model in served for image in images for result in model.predict(image)]"
    )
    images = [f"data/{TASK}/{row['image']}" for row in rows]
    done = command(project, sys.executable, "-c", program, f"output/{TASK}/export", *images)
    assert done.returncode == 0, done.stderr
    texts = [line.removeprefix("TEXT ") for line in done.stdout.splitlines() if line.startswith("TEXT ")]
    assert texts == 2 * [row["text"] for row in rows]


def test_the_registered_model_answers_in_a_fresh_process(project):
    row = (project / "data" / TASK / "val.txt").read_text(encoding="utf-8").splitlines()[0]
    image = f"data/{TASK}/{row.split(chr(9))[0]}"
    program = (
        "import mlflow, sys; mlflow.set_tracking_uri('sqlite:///mlruns/mlflow.db');"
        "model = mlflow.pyfunc.load_model('models:/demo-text_recognition@best_accuracy');"
        "print('ANSWER', model.predict([sys.argv[1]]))"
    )
    done = command(project, sys.executable, "-c", program, image)
    assert done.returncode == 0, done.stderr
    line = (project / "output" / TASK / "evaluate" / "predictions.jsonl").read_text(encoding="utf-8").splitlines()[0]
    answer = next(text for text in done.stdout.splitlines() if text.startswith("ANSWER"))
    assert repr(json.loads(line)["text"]) in answer
