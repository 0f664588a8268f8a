"""What the tests of check_dataset's parts share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.config import RunConfig


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A good recognition dataset, `set/`: 16 train and 4 val rows, all labelled ab, each with its own image."""
    root = tmp_path / "set"
    (root / "images").mkdir(parents=True)
    rng = np.random.default_rng(5)
    for number in range(1, 21):
        cv2.imwrite(str(root / f"images/{number}.png"), rng.integers(0, 256, (24, 60 + number, 3), dtype=np.uint8))
    (root / "train.txt").write_text("".join(f"images/{number}.png\tab\n" for number in range(1, 17)))
    (root / "val.txt").write_text("".join(f"images/{number}.png\tab\n" for number in range(17, 21)))
    (root / "dict.txt").write_text("a\nb\n")
    return root


@pytest.fixture
def check_config(labelled: Path) -> Callable[..., RunConfig]:
    """A function that gives the configuration of a check of `labelled` into `out/`; takes keys of CheckDataset."""

    def config(**check: object) -> RunConfig:
        sections = {"dataset_dir": str(labelled), "output": str(labelled.parent / "out")}
        return RunConfig.model_validate({"Global": sections, "CheckDataset": check})

    return config
