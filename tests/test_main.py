"""PaddleX's own command line, `python main.py`, as its tutorials write it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ocrflow.cli import paddlex_main
from ocrflow.config import RunConfig
from ocrflow.stages import base

MAIN = Path(__file__).parents[1] / "main.py"
CONFIG = "paddlex/configs/modules/text_recognition/PP-OCRv4_mobile_rec.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory with a dataset in `dataset/x`, where a tutorial's archive would be unpacked."""
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "dataset" / "x"
    (root / "images").mkdir(parents=True)
    rng = np.random.default_rng(5)
    for number in range(4):
        cv2.imwrite(str(root / f"images/{number}.png"), rng.integers(0, 256, (24, 60, 3), dtype=np.uint8))
    (root / "train.txt").write_text("images/0.png\tab\nimages/1.png\tba\nimages/2.png\tb\n")
    (root / "val.txt").write_text("images/3.png\ta\n")
    (root / "dict.txt").write_text("a\nb\n")
    return tmp_path


def check() -> subprocess.CompletedProcess[str]:
    options = ["-o", "Global.mode=check_dataset", "-o", "Global.dataset_dir=./dataset/x", "-o", "Global.output=out"]
    return subprocess.run(
        [sys.executable, str(MAIN), "-c", CONFIG, *options], capture_output=True, text=True, check=False
    )


def result(folder: Path) -> Any:
    return json.loads((folder / "out" / "check_dataset_result.json").read_text())


def test_the_check_of_a_tutorial_passes(folder: Path) -> None:
    done = check()
    assert (done.returncode, done.stderr) == (0, "")
    assert "Check dataset passed !" in done.stdout.splitlines()
    found = result(folder)
    assert found["done_flag"] is True
    assert found["check_pass"] is True
    assert found["attributes"]["train_samples"] == 3
    assert found["attributes"]["val_samples"] == 1
    assert found["dataset_path"] == "x"
    assert found["show_type"] == "image"
    assert found["dataset_type"] == "MSTextRecDataset"
    assert (folder / "out" / found["analysis"]["histogram"]).is_file()
    for split in ("train", "val"):
        assert all((folder / "out" / name).is_file() for name in found["attributes"][f"{split}_sample_paths"])


def test_a_check_that_fails_says_so_in_the_file_and_on_stderr(folder: Path) -> None:
    (folder / "dataset" / "x" / "images" / "0.png").unlink()
    done = check()
    assert done.returncode == 1
    assert "passed" not in done.stdout
    assert "image_missing" in done.stderr
    assert "Traceback" not in done.stderr
    found = result(folder)
    assert found["done_flag"] is False
    assert found["check_pass"] is False
    assert found["err_type"] == "DataError"
    assert "image_missing" in found["err_msg"]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, RunConfig]]:
    """The stages that would have run."""
    stages: list[tuple[str, RunConfig]] = []
    monkeypatch.setattr(base, "run_stage", lambda stage, config: stages.append((stage, config)))
    return stages


def test_the_mode_names_the_stage(ran: list[tuple[str, RunConfig]]) -> None:
    for mode in base.STAGES:
        assert paddlex_main(["-c", CONFIG, "-o", f"Global.mode={mode}"]) == 0
    assert [stage for stage, _ in ran] == list(base.STAGES)
    assert paddlex_main(["-c", CONFIG]) == 0
    assert ran[-1][0] == "check_dataset", "the mode of PaddleX's files"


@pytest.mark.parametrize("output", ["out", "007", "a #b"])
def test_export_goes_into_the_output_folder_as_in_paddlex(ran: list[tuple[str, RunConfig]], output: str) -> None:
    options = ["-o", "Global.mode=export", f"Global.output={output}"]
    assert paddlex_main(["-c", CONFIG, *options]) == 0
    assert ran[0][1].Export.save_dir == ran[0][1].Global.output == output
    assert paddlex_main(["-c", CONFIG, *options, "Export.save_dir=elsewhere"]) == 0
    assert ran[1][1].Export.save_dir == "elsewhere"
    assert paddlex_main(["-c", CONFIG, "-o", "Global.mode=train"]) == 0
    assert ran[2][1].Export.save_dir is None


def test_profiler_options_are_accepted(ran: list[tuple[str, RunConfig]]) -> None:
    assert paddlex_main(["-c", CONFIG, "-p", "batch_range=[10,20]"]) == 0
    assert len(ran) == 1


def test_a_mode_that_there_is_not(ran: list[tuple[str, RunConfig]], capsys: pytest.CaptureFixture[str]) -> None:
    assert paddlex_main(["-c", CONFIG, "-o", "Global.mode=pdparams2safetensors"]) == 2
    assert "Global.mode: expected 'check_dataset'" in capsys.readouterr().err
    assert ran == []
