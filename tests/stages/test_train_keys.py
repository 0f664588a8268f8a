"""`ocrflow train`: each key does for both tasks what docs/training.md says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import paddle
import pytest

from ocrflow import cli, nets
from ocrflow.nets.pickled import unpickle
from ocrflow.tasks.text_detection.training import DetectionTask
from ocrflow.tasks.text_recognition.training import RecognitionTask

MODELS = {"text_recognition": "PP-OCRv6_tiny_rec", "text_detection": "PP-OCRv6_tiny_det"}
SMALL = [
    "Global.device=cpu",
    "Train.pretrain_weight_path=null",
    "Train.crop_size=64",
    "Train.longest_side=160",
    "Train.batch_size=4",
    "Train.num_processes=1",
]
Train = Callable[..., tuple[int, Path]]


@pytest.fixture(params=MODELS)
def task(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def train(task: str, tmp_path: Path, request: pytest.FixtureRequest, untracked: None) -> Train:
    """A function that trains the task's small network; takes `Section.key=value`, gives exit code and output folder."""
    dataset = request.getfixturevalue("scenes" if task == "text_detection" else "plates")
    sections = [f"Global.dataset_dir={dataset}", f"Global.output={tmp_path / 'output'}", *SMALL]

    def run(*keys: str) -> tuple[int, Path]:
        return cli.main(["train", "-c", MODELS[task], "-o", *sections, *keys]), tmp_path / "output"

    return run


@pytest.fixture
def no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inference models are empty folders: writing them takes the most time of a training of some steps."""
    for kind in (RecognitionTask, DetectionTask):
        monkeypatch.setattr(kind, "export", lambda self, net, folder: folder.mkdir(parents=True, exist_ok=True))


def result_in(output: Path) -> dict[str, Any]:
    return json.loads((output / "train_result.json").read_text("utf-8"))


def arrays_of(file: Path) -> dict[str, np.ndarray]:
    return {key: np.asarray(value) for key, value in unpickle(file).items() if not isinstance(value, dict)}


def weights_in(output: Path, name: str = "latest", ending: str = ".pdparams") -> dict[str, np.ndarray]:
    return arrays_of(output / name / f"{name}{ending}")


def moved(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> set[str]:
    return {name for name, array in after.items() if not np.array_equal(array, before[name])}


def test_all_keys_together(train: Train, task: str, plates: Path, tmp_path: Path) -> None:
    """Two steps of two batches with averaged weights, a frozen stem, branches, workers, strong augmentation."""
    start = tmp_path / "start.pdparams"
    classes = len((plates / "dict.txt").read_text("utf-8").splitlines()) + 2
    paddle.save(nets.build(MODELS[task], classes).state_dict(), str(start))
    frozen = "backbone.stem." if task == "text_detection" else "backbone.conv1."
    keys = "Train.max_steps=2 Train.ema=0.9 Train.accumulate=2 Train.augment=1 Train.guide=true Train.num_workers=1"
    more = ["Train.learning_rate=0.01", f"Train.freeze=[{frozen}]", f"Train.pretrain_weight_path={start}"]
    code, output = train(*keys.split(), *more, "Train.copy_paste=1", "Train.epochs_iters=3", "Train.save_interval=5")
    assert code == 0
    result, log = result_in(output), (output / "train.log").read_text("utf-8")
    assert result["ended_by"] == "max_steps: 2 steps" and "ended by Train.max_steps" in log
    assert "frozen: " in log
    begun = arrays_of(start)
    live, averaged = weights_in(output, ending=".raw.pdparams"), weights_in(output)
    assert not any(name.startswith(frozen) for name in moved(begun, live) | moved(begun, averaged))
    assert len(moved(begun, live)) > 100 and moved(live, averaged)
    name = max(moved(live, averaged), key=lambda name: float(np.abs(live[name] - begun[name]).max()))
    assert np.abs(averaged[name] - begun[name]).max() < np.abs(live[name] - begun[name]).max()
    branch = "head.gtc_head." if task == "text_recognition" else "head.aux_"
    assert any(name.startswith(branch) for name in moved(begun, live))
    assert (output / "best_accuracy" / "inference" / "inference.pdiparams").is_file()


@pytest.mark.usefixtures("no_export")
def test_early_stop(train: Train) -> None:
    """A rate that moves nothing: the first evaluation is the best, the second no better, so the third is not made."""
    code, output = train("Train.epochs_iters=9", "Train.learning_rate=1e-12", "Train.early_stop=1")
    assert code == 0
    result = result_in(output)
    assert result["ended_by"].startswith("early_stop: 1 evaluations without a better one")
    assert result["epochs"] <= 2
    assert (output / "best_accuracy" / "best_accuracy.pdparams").is_file()


@pytest.mark.usefixtures("no_export")
def test_time_budget(train: Train) -> None:
    code, output = train("Train.epochs_iters=500", "Train.time_budget=0.001")
    assert code == 0
    result = result_in(output)
    assert result["ended_by"].startswith("time_budget: ")
    assert result["best"]["step"] == result["last"]["step"] < 500
    assert (output / "best_accuracy" / "best_accuracy.pdparams").is_file()


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("Train.amp=O1", "Train.amp=O1: Paddle has mixed precision on cards only"),
        ("Train.freeze=[bakbone.]", "Train.freeze: no parameter's name starts with 'bakbone.'"),
        ("Train.augment=1.5", "Train.augment: expected "),
        ("Train.copy_paste=2", "Train.copy_paste: expected "),
        ("Train.early_stop=0", "Train.early_stop: expected "),
        ("Train.guide=perhaps", "Train.guide: expected "),
    ],
)
def test_refused(train: Train, key: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(key)[0] == 2
    assert message in capsys.readouterr().err


def test_a_bad_image_is_named_by_the_worker_that_reads_it(
    train: Train, task: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be decoded ends the training; its name, not a row of other images, is what is told."""
    source = request.getfixturevalue("scenes" if task == "text_detection" else "plates")
    own = tmp_path / "own"
    for file in source.rglob("*"):
        if file.is_file():
            (own / file.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (own / file.relative_to(source)).write_bytes(file.read_bytes())
    image = (own / "train.txt").read_text("utf-8").splitlines()[2].split("\t")[0]
    (own / image).write_bytes((own / image).read_bytes()[:40])
    code, output = train(f"Global.dataset_dir={own}", "Train.num_workers=2", "Train.epochs_iters=1")
    assert code == 1
    assert image in capsys.readouterr().err
    assert not result_in(output)["done_flag"]
