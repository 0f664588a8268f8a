"""One process of a training."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time

import pytest

from ocrflow.config import RunConfig
from ocrflow.errors import DataError, UsageError
from ocrflow.tracking import run
from ocrflow.training import loop, worker
from ocrflow.training.stop import Interrupted


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "_exit_with_parent", lambda: None)
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


def test_a_process_without_its_parent_ends():
    watch = "from ocrflow.training.worker import _exit_with_parent; _exit_with_parent()"
    child = f"import time; {watch}; print(1, flush=True); time.sleep(90)"
    parent = (
        "import subprocess, sys, time; "
        f"p = subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE); p.stdout.readline(); "
        "print(p.pid, flush=True); time.sleep(90)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    pid = int(process.stdout.readline())
    assert is_running(pid)
    process.kill()
    process.wait()
    end = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    from pathlib import Path

    status = Path(f"/proc/{pid}/status")
    try:
        return "State:\tZ" not in status.read_text()
    except OSError:
        return False
