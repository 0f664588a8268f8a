"""The pipeline of two exported models as a person runs it: scored by ocrflow, and then run by PaddleX's own command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from PIL import Image

PARAMS = {
    "ocr": {
        "Global": {"dataset_dir": "data", "output": "output/ocr", "device": "cpu"},
        "Ocr": {"det_model": "det", "rec_model": "rec", "rows": "data/held_back.txt", "pictures": 1},
    }
}
NO_NETWORK = """
import socket
def refuse(self, address): raise AssertionError(f"a connection to {address}")
socket.socket.connect = refuse
"""


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the virtual environment in `folder`; a Python program in it cannot reach any server."""
    (folder / "site").mkdir(exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PADDLE_PDX", "MLFLOW"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment["PYTHONPATH"] = str(folder / "site")
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def project(
    tmp_path_factory: pytest.TempPathFactory, exported_detector: Path, exported_model: Path, patches: list[Path]
) -> Path:
    """Two exported models, three images with a label that is right nowhere, and what the stage ocr wrote of them."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(exported_detector, folder / "det")
    shutil.copytree(exported_model, folder / "rec")
    (folder / "data" / "images").mkdir(parents=True)
    label = [{"transcription": "AB12", "points": [[30, 50], [140, 50], [140, 100], [30, 100]]}]
    rows = []
    for path in patches:
        Image.open(path).save(folder / "data" / "images" / f"{path.stem}.jpg", quality=95)
        rows.append(f"images/{path.stem}.jpg\t{json.dumps(label)}\n")
    (folder / "data" / "held_back.txt").write_text("".join(rows), encoding="utf-8")
    (folder / "data" / "val.txt").write_text("".join(rows), encoding="utf-8")
    (folder / "params.yaml").write_text(yaml.safe_dump(PARAMS), encoding="utf-8")
    done = command(folder, "ocrflow", "ocr", "-c", "params.yaml")
    assert done.returncode == 0, done.stderr
    assert "paddlex" not in done.stderr.lower(), "only what ocrflow says is seen"
    return folder


def test_it_is_scored_without_a_network(project: Path) -> None:
    result = json.loads((project / "output" / "ocr" / "ocr_result.json").read_text(encoding="utf-8"))
    texts = result["texts"]
    assert (texts["labelled"], texts["found"], texts["matched"], texts["right"]) == (3, 3, 2, 0)
    assert result["metrics"]["box_hmean"] == pytest.approx(2 / 3)
    assert result["wrong"] == result["rows_scored"] == 3


def test_the_picture_shows_what_was_read(project: Path) -> None:
    """The right half has the texts; without a font PaddleX leaves it white."""
    picture = Image.open(project / "output" / "ocr" / "ocr" / "0_ocr_res_img.jpg").convert("L")
    assert picture.size == (640, 160)
    inside = picture.crop((320 + 44, 64, 320 + 126, 86))
    assert min(inside.getextrema()) < 100


def test_the_command_of_paddlex_runs_the_same_pipeline(project: Path) -> None:
    """From the folder where OCR.yaml was written; its JSON is the same to the byte."""
    image = "data/images/1.jpg"
    words = ("--pipeline", "output/ocr/OCR.yaml", "--input", image, "--device", "cpu", "--save_path", "theirs")
    done = command(project, "paddlex", *words)
    assert done.returncode == 0, done.stderr
    own = project / "output" / "ocr" / "ocr" / "1_res.json"
    assert (project / "theirs" / "1_res.json").read_bytes() == own.read_bytes()
    assert len(json.loads(own.read_text(encoding="utf-8"))["rec_texts"]) == 2


def test_the_summary_is_that_of_the_pipeline(project: Path) -> None:
    done = command(project, "ocrflow", "summary", "-c", "params.yaml")
    assert done.returncode == 0, done.stderr
    for text in ("ocrflow: ocr", "3 of 3 held-back images", "0 of 3 texts found and read right", "output/ocr/OCR.yaml"):
        assert text in done.stdout


def test_the_file_of_another_model_is_refused(project: Path) -> None:
    done = command(project, "ocrflow", "ocr", "-c", "params.yaml", "-o", "Ocr.det_model=rec", "Global.output=other")
    assert done.returncode == 2
    assert "rec: expected a text detection model, got the recognition model" in done.stderr
    assert "Traceback" not in done.stderr
