"""One process of a training."""

from __future__ import annotations

import contextlib
import json

import pytest

from ocrflow.config import RunConfig
from ocrflow.errors import DataError, UsageError
from ocrflow.tracking import run
from ocrflow.training import loop, worker
from ocrflow.training.meeting import PeerGone
from ocrflow.training.stop import Interrupted


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "end_with_parent", lambda: None)
    file = tmp_path / "train" / "job.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"config": RunConfig().model_dump(mode="json"), "processes": 2}), encoding="utf-8")
    return file


def outcome(job) -> dict | None:
    file = worker.outcome_file(job)
    return json.loads(file.read_text("utf-8")) if file.is_file() else None


def ending(error):
    def train(config, processes):
        assert (config, processes) == (RunConfig(), 2)
        if error:
            raise error
        return {"best": {"acc": 1.0}}

    return train


@pytest.mark.parametrize(
    ("rank", "error", "code", "written"),
    [
        (0, None, 0, {"result": {"best": {"acc": 1.0}}}),
        (1, None, 0, None),
        (0, DataError("a", fix="b"), 1, {"error": "DataError", "message": "a", "fix": "b"}),
        (1, DataError("a", fix="b"), 1, {"error": "DataError", "message": "a", "fix": "b"}),
        (0, Interrupted("c"), 130, {"error": "Interrupted", "message": "c", "fix": ""}),
        (1, Interrupted("c"), 130, None),  # rank 0 knows what it has kept
        (0, KeyboardInterrupt(), 130, None),
        (1, PeerGone("d"), 3, None),  # it has left its own error
    ],
)
def test_outcome_and_exit_code(job, monkeypatch, rank, error, code, written):
    monkeypatch.setenv("PADDLE_TRAINER_ID", str(rank))
    monkeypatch.setattr(worker, "train", ending(error))
    assert worker.main(job) == code
    assert outcome(job) == written


def test_other_errors_keep_their_traceback(job, monkeypatch):
    monkeypatch.setattr(worker, "train", ending(RuntimeError("defect")))
    with pytest.raises(RuntimeError, match="defect"):
        worker.main(job)
    assert outcome(job) is None


@pytest.mark.parametrize(
    ("error", "status"),
    [(None, "FINISHED"), (DataError("x"), "FAILED"), (Interrupted("x"), "KILLED"), (KeyboardInterrupt(), "KILLED")],
)
def test_the_tracker_learns_how_it_ended(train_config, tmp_path, monkeypatch, error, status):
    class Logger(run.NullLogger):
        def close(self, status="FINISHED"):
            seen.append(status)

    def pretend(self):
        if error:
            raise error
        return {}

    seen: list[str] = []
    monkeypatch.setattr(run, "start_run", lambda config, data_version: Logger())
    monkeypatch.setattr(loop.Training, "run", pretend)
    with contextlib.suppress(DataError, Interrupted, KeyboardInterrupt):
        worker.train(train_config(tmp_path / "output"), 1)
    assert seen == [status]


def test_weights_that_do_not_fit_close_the_run_as_failed(train_config, tmp_path, untracked):
    with pytest.raises(UsageError, match="no weights at"):
        worker.train(train_config(tmp_path / "output", pretrain_weight_path="none.pdparams"), 1)


@pytest.mark.parametrize(
    ("device", "environment", "expected"),
    [
        ("cpu", {}, "cpu"),
        ("gpu:3", {}, "gpu:3"),
        ("gpu:2,3", {"FLAGS_selected_gpus": "3"}, "gpu:3"),
        ("dcu:1", {"FLAGS_selected_gpus": "0"}, "gpu:0"),
        ("npu:0,1", {"FLAGS_selected_npus": "1"}, "npu:1"),
    ],
)
def test_the_card_is_the_one_that_the_launcher_chose(monkeypatch, device, environment, expected):
    import paddle

    chosen: list[str] = []
    monkeypatch.setattr(paddle, "set_device", chosen.append)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    worker.use_device(RunConfig.model_validate({"Global": {"device": device}}))
    assert chosen == [expected]
