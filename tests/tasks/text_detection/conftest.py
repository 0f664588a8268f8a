"""What the tests of detection share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrflow.config import GlobalSection, RunConfig, TrainSection

MODEL = "PP-OCRv6_tiny_det"


@pytest.fixture
def detection_config(scenes: Path, tmp_path: Path) -> Callable[..., RunConfig]:
    """A function that gives the configuration of a tiny training on `scenes` in one process; takes `Train`'s keys."""

    def config(dataset: Path = scenes, **train: Any) -> RunConfig:
        settings = {"batch_size": 4, "epochs_iters": 2, "num_processes": 1, "crop_size": 64, "longest_side": 160}
        section = GlobalSection(model=MODEL, dataset_dir=str(dataset), output=str(tmp_path / "output"), device="cpu")
        return RunConfig(Global=section, Train=TrainSection(**settings | train))

    return config
