"""A training that takes a tenth of a second: a small regression with everything that a resumed run must restore.

The network has batch normalisation and dropout, the rows are changed by noise as pictures are by augmentation; without
`Train.augment` there is neither dropout nor noise.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import paddle
from paddle import nn

from ocrflow.config import GlobalSection, RunConfig, TrainSection
from ocrflow.data import lists
from ocrflow.tasks import training_tasks
from ocrflow.tracking import run
from ocrflow.training import worker
from ocrflow.training.ranks import Ranks

ROWS, VAL_ROWS, COLUMNS = 21, 8, 6
LISTS = SimpleNamespace(data_version="toy", dict_sha256="0" * 64, dictionary=["a"])


@dataclass(frozen=True)
class Part:
    """Rows of this process, and how many there are over all processes."""

    x: np.ndarray
    y: np.ndarray
    global_size: int


class Net(nn.Layer):
    """Two linear layers with batch normalisation and dropout in between."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.first = nn.Linear(COLUMNS, 8)
        self.norm = nn.BatchNorm1D(8)
        self.drop = nn.Dropout(dropout)
        self.last = nn.Linear(8, 1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        return self.last(self.drop(nn.functional.relu(self.norm(self.first(x)))))


class ToyTask:
    """Implements `ocrflow.training.task.TrainingTask`."""

    main_metric = "acc"

    def __init__(self, config: RunConfig, rows: Any, processes: int):
        self.settings, self.processes = config.Train, processes
        self.lists = rows
        rng = np.random.default_rng(0)
        self.x = rng.standard_normal((ROWS + VAL_ROWS, COLUMNS)).astype(np.float32)
        self.y = np.sin(self.x.sum(axis=1, keepdims=True)).astype(np.float32)

    def build(self) -> tuple[nn.Layer, dict[str, Any]]:
        return Net(0.6 * self.settings.augment), {"source": None, "lines": ["random weights"]}

    def plan(self, epoch: int) -> list[list[int]]:
        order = np.random.default_rng([self.settings.seed, epoch]).permutation(ROWS).tolist()
        size = self.settings.batch_size * self.processes
        return [order[at : at + size] for at in range(0, ROWS, size)]

    def batches(self, plan: list[list[int]], epoch: int, ranks: Ranks) -> Generator[Part, None, None]:
        for rows in plan:
            mine = rows[ranks.rank :: ranks.count]
            noise = [np.random.default_rng([self.settings.seed, epoch, row]).standard_normal(COLUMNS) for row in mine]
            x = self.x[mine] + self.settings.augment * 0.1 * np.array(noise, np.float32).reshape(-1, COLUMNS)
            yield Part(x.astype(np.float32), self.y[mine], len(rows))

    def loss(self, net: nn.Layer, batch: Part, ranks: Ranks) -> paddle.Tensor:
        errors = (net(paddle.to_tensor(batch.x)) - paddle.to_tensor(batch.y)) ** 2
        return errors.sum() * (ranks.count / batch.global_size)

    @paddle.no_grad()
    def evaluate(self, net: nn.Layer, ranks: Ranks) -> dict[str, float]:
        net.eval()
        rows = list(range(ROWS, ROWS + VAL_ROWS))[ranks.rank :: ranks.count]
        errors = (net(paddle.to_tensor(self.x[rows])).numpy() - self.y[rows]) ** 2
        error = sum(ranks.gather(float(errors.sum()))) / VAL_ROWS
        return {"acc": 1 / (1 + error), "error": error}

    def export(self, net: nn.Layer, model_dir: Path) -> None:
        model_dir.mkdir(parents=True, exist_ok=True)
        for name in ("first", "last"):
            np.save(model_dir / f"{name}.npy", getattr(net, name).weight.numpy())

    def facts(self) -> dict[str, Any]:
        return {"rows_train": ROWS, "rows_val": VAL_ROWS}


def toy_config(output: Path, **train: Any) -> RunConfig:
    """Five epochs of three steps, two batches each, with averaged weights and evaluations in the middle of epochs."""
    settings = {
        "epochs_iters": 5,
        "batch_size": 4,
        "accumulate": 2,
        "ema": 0.8,
        "min_evaluations": 10,
        "keep_last": 2,
        "learning_rate": 0.02,
        "log_interval": 2,
        **train,
    }
    section = GlobalSection(dataset_dir="none", output=str(output), device="cpu")
    return RunConfig(Global=section, Train=TrainSection(**settings))


def stand_ins() -> list[tuple[Any, str, Any]]:
    """What has to be put in place for the worker to train on the toy, without MLflow: owner, name and value."""
    return [
        (run, "start_run", lambda config, data_version: run.RunLogger(run.NullLogger())),
        (training_tasks, "training_task", ToyTask),
        (lists, "lists_of", lambda config: LISTS),
    ]


def run_toy(config: RunConfig, processes: int = 1) -> dict[str, Any]:
    """Train as the worker does; for processes that do nothing else."""
    for owner, name, value in stand_ins():
        setattr(owner, name, value)
    return worker.train(config, processes)
