"""What several test folders share: an exported recogniser whose readings depend on the image, and a small training."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")  # read when paddlex is imported
_CACHE = tempfile.TemporaryDirectory(prefix="ocrflow-tests-")  # the user's own cache is not touched
os.environ["OCRFLOW_CACHE_DIR"] = _CACHE.name  # subprocesses inherit it

MODEL_NAME = "PP-OCRv6_tiny_rec"
BASE_WIDTH = 160
DICTIONARY = [chr(code) for code in range(33, 127)]


@pytest.fixture(scope="session")
def exported_model(tmp_path_factory: pytest.TempPathFactory, make_outputs_vary: Callable[[Any], None]) -> Path:
    """Folder of an exported network with seeded random weights; read only."""
    import paddle

    from ocrflow.inference.export import export_recognizer
    from ocrflow.nets.zoo import NETWORKS

    paddle.seed(3)
    net = NETWORKS[MODEL_NAME](len(DICTIONARY) + 2)
    make_outputs_vary(net)
    model_dir = tmp_path_factory.mktemp("exported") / "inference"
    export_recognizer(net, model_dir, MODEL_NAME, DICTIONARY, BASE_WIDTH)
    return model_dir


@pytest.fixture(scope="session")
def exported_detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an exported network for which bright pixels are text; read only."""
    import paddle

    from ocrflow.inference.export import export_detector

    mean = paddle.nn.Conv2D(3, 1, 1)
    mean.weight.set_value(np.full((1, 3, 1, 1), 10 / 3, np.float32))
    mean.bias.set_value(np.array([-10], np.float32))
    model_dir = tmp_path_factory.mktemp("exported_detector") / "inference"
    net = paddle.nn.Sequential(mean, paddle.nn.Sigmoid())
    export_detector(net, model_dir, "PP-OCRv6_tiny_det", longest_side=320)
    return model_dir


@pytest.fixture(scope="session")
def make_outputs_vary() -> Callable[[Any], None]:
    """A function that makes a fresh network read many characters; without it every time step would be the same."""
    return _make_outputs_vary


def _make_outputs_vary(net: Any) -> None:
    """Fit the batch statistics to images and sharpen the output."""
    import paddle

    from ocrflow.inference.preprocess import resize_normalize

    rng = np.random.default_rng(0)
    images = paddle.to_tensor(np.stack([resize_normalize(blurred_noise(rng, 40, 130), BASE_WIDTH) for _ in range(8)]))
    for layer in net.sublayers():
        if hasattr(layer, "_momentum"):
            layer._momentum = 0.3
    net.train()
    for _ in range(6):
        net(images)
    classifier = net.head.ctc_head.fc2
    classifier.weight.set_value(classifier.weight * 40)
    net.eval()


def blurred_noise(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A uint8 BGR image of soft random patches."""
    patches = rng.integers(0, 256, (max(height // 8, 2), max(width // 8, 2), 3), dtype=np.uint8)
    return cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="session")
def mixed_images() -> list[np.ndarray]:
    """24 images of sizes a recogniser meets, from one pixel to wider than the widest input."""
    rng = np.random.default_rng(7)
    odd = [(1, 1), (200, 9), (94, 24), (24, 94), (20, 1500), (48, 160), (48, 161), (3, 250)]
    sizes = odd + list(zip(rng.integers(12, 90, 16).tolist(), rng.integers(20, 600, 16).tolist(), strict=True))
    return [blurred_noise(rng, height, width) for height, width in sizes]


@pytest.fixture(scope="session")
def plates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of 24 training and 6 validation plates; read only."""
    from ocrflow.data.synth.dataset import synthesize

    folder = tmp_path_factory.mktemp("plates") / "data"
    synthesize(folder, style="plates", num_samples=30, seed=5, val_percent=20, workers=1)
    return folder


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of 8 training and 4 validation street scenes; read only."""
    from ocrflow.data.synth.dataset import synthesize

    folder = tmp_path_factory.mktemp("scenes") / "data"
    synthesize(folder, style="scenes", num_samples=12, seed=5, val_percent=33, workers=1)
    return folder


@pytest.fixture(scope="session")
def train_config(plates: Path) -> Callable[..., Any]:
    """A function that gives the configuration of a training on `plates` in one process; takes `Train`'s keys."""
    from ocrflow.config import GlobalSection, RunConfig, TrainSection

    def config(output: Path, dataset: Path = plates, **train: Any) -> RunConfig:
        settings = {"epochs_iters": 2, "batch_size": 4, "num_processes": 1, "log_interval": 2, **train}
        section = GlobalSection(dataset_dir=str(dataset), output=str(output), device="cpu")
        return RunConfig(Global=section, Train=TrainSection(**settings))

    return config


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, train_config: Callable[..., Any]) -> tuple[Any, Any]:
    """Configuration and result of the stage train after two epochs from random weights; read only."""
    from ocrflow.stages.base import run_stage

    config = train_config(tmp_path_factory.mktemp("trained") / "output")
    with pytest.MonkeyPatch.context() as patch:
        _log_nowhere(patch)
        return config, run_stage("train", config)


@pytest.fixture
def untracked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings in this process keep MLflow out, whose store takes seconds to make."""
    _log_nowhere(monkeypatch)


def _log_nowhere(patch: pytest.MonkeyPatch) -> None:
    from ocrflow.tracking import run

    patch.setattr(run, "start_run", lambda config, data_version: run.RunLogger(run.NullLogger()))
