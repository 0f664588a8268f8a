"""What the tests of training share: their modules can be imported by name, and a training of a tenth of a second."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """A function that trains the toy in `tmp_path`/output, or in `output`; takes the keys of `Train`."""
    from toy_task import stand_ins, toy_config

    from ocrflow.training import worker

    for owner, name, value in stand_ins():
        monkeypatch.setattr(owner, name, value)

    def train(output: Path = tmp_path / "output", **settings: Any) -> dict[str, Any]:
        simple = {"ema": 0.0, "accumulate": 1, "min_evaluations": 1, "keep_last": 1, "epochs_iters": 3}
        return worker.train(toy_config(output, **(simple | settings)), 1)

    return train
