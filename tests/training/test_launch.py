"""Two processes on the CPU: they learn as one, and end together whatever happens to one of them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocrflow.config_file import to_yaml
from ocrflow.errors import DataError, OutsideError, UsageError
from ocrflow.inference.recognizer import Recognizer
from ocrflow.tasks.text_recognition.training import RecognitionTask
from ocrflow.training import launch, starting, worker
from ocrflow.training.device import Device
from ocrflow.training.stop import Interrupted

CPU = Device("cpu")
PATIENCE_S = 120.0  # for a machine that does other things as well


@pytest.fixture(autouse=True)
def no_store(monkeypatch):
    """The processes find no MLflow store, which they say and bear."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////dev/null/none.db")


def epochs_in(output: Path) -> list[dict]:
    file = output / "train" / "metrics.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.is_file() else []


def wait_for_epoch(output: Path, epoch: int) -> bool:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if any(record["epoch"] >= epoch for record in epochs_in(output)):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def started(monkeypatch):
    """The processes that `run_processes` starts."""
    processes: list[subprocess.Popen] = []
    start = starting.start_on_cpu

    def noting(*arguments):
        processes.extend(start(*arguments))
        return processes

    monkeypatch.setattr(starting, "start_on_cpu", noting)
    yield processes
    assert all(process.poll() is not None for process in processes)


def when_epoch(output: Path, epoch: int, act: Callable[[], None]) -> None:
    """Do something beside the training once an epoch is written."""
    threading.Thread(target=lambda: wait_for_epoch(output, epoch) and act(), daemon=True).start()


def test_two_processes_are_as_good_as_one(train_config, tmp_path, started, untracked, monkeypatch):
    """The one step has all 24 rows: 12 + 12 in two processes, 24 in one.

    The losses are not quite equal, because batch normalisation sees 12 rows at a time in one case and 24 in the other;
    2 % of the loss is far less than what another batch or a wrong mean makes.
    """
    settings = {"epochs_iters": 1, "base_width": 320, "augment": 0.0}
    two, one = tmp_path / "two", tmp_path / "one"
    result = launch.run_processes(train_config(two, batch_size=12, num_processes=2, **settings), CPU, 2)
    monkeypatch.setattr(RecognitionTask, "export", lambda self, net, folder: folder.mkdir(exist_ok=True))
    alone = worker.train(train_config(one, batch_size=24, **settings), 1)
    assert epochs_in(two)[1]["loss"] == pytest.approx(epochs_in(one)[1]["loss"], rel=0.02)
    assert [record["step"] for record in epochs_in(two)] == [record["step"] for record in epochs_in(one)]
    assert result["baseline"] == alone["baseline"]  # the same network: every row of val.txt was scored, once
    assert (result["rows_train"], result["rows_val"], result["last"]["epoch"]) == (24, 6, 1)
    for name in ("best_accuracy", "latest"):
        assert (two / name / f"{name}.pdparams").is_file()
        Recognizer(two / name / "inference").predict([np.zeros((48, 100, 3), np.uint8)])
    assert (two / "train.log").read_text("utf-8").count("epoch 1/1: loss") == 1  # one process writes it
    assert [process.returncode for process in started] == [0, 0]


def test_an_unreadable_image_ends_all_with_its_name(train_config, plates, tmp_path, started):
    dataset = shutil.copytree(plates, tmp_path / "data")
    name = (dataset / "train.txt").read_text("utf-8").split("\t")[0]
    Image.new("RGB", (139, 59)).save(dataset / "x.gif")  # whose header can be read, and no more
    (dataset / "x.gif").replace(dataset / name)
    began = time.monotonic()
    with pytest.raises(DataError, match=rf"{name}: a GIF file, which OpenCV does not decode"):
        launch.run_processes(train_config(tmp_path / "output", dataset, num_processes=2), CPU, 2)
    assert time.monotonic() - began < 20 + launch.GRACE_S


def test_a_killed_process_ends_all(train_config, tmp_path, started, monkeypatch):
    monkeypatch.setattr(launch, "GRACE_S", 2.0)
    output = tmp_path / "output"
    when_epoch(output, 1, lambda: started[1].kill())
    with pytest.raises(OutsideError) as caught:
        launch.run_processes(train_config(output, epochs_iters=5000, num_processes=2), CPU, 2)
    text = str(caught.value)
    assert "a training process ended without a result" in text and "-9" in text
    assert str(output / "train" / "process_1.log") in text
    assert f"Train.resume_path={output / 'latest' / 'latest.pdparams'}" in text
    assert (output / "latest" / "latest.pdparams").is_file()


def test_ctrl_c(train_config, plates, tmp_path):
    """As a terminal does it: SIGINT to the command and all its processes."""
    output = tmp_path / "output"
    config = train_config(output, epochs_iters=5000, num_processes=2)
    (tmp_path / "c.yaml").write_text(to_yaml(config), encoding="utf-8")
    command = [sys.executable, "-m", "ocrflow", "train", "-c", str(tmp_path / "c.yaml")]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True)
    try:
        assert wait_for_epoch(output, 1)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert process.returncode == 130
    assert (
        "stopped in epoch" in said and f"fix: go on with -o Train.resume_path={output}/latest/latest.pdparams" in said
    )
    assert "Traceback" not in said
    failure = json.loads((output / "train_result.json").read_text("utf-8"))
    assert (failure["done_flag"], failure["err_type"]) == (False, "Interrupted")
    held = json.loads((output / "latest" / "latest.info.json").read_text("utf-8"))
    assert held["global_step"] >= 1
    recognizer = Recognizer(output / "latest" / "inference")
    files = [plates / row.split("\t")[0] for row in (plates / "val.txt").read_text("utf-8").splitlines()]
    assert len(list(recognizer.predict_files(files))) == 6


def python(code: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)


WAITS = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
print(1, flush=True)
time.sleep(60)
"""


def test_a_signal_to_the_parent_alone_reaches_all():
    """As a container's stop does it."""
    processes = [python(WAITS), python(WAITS)]
    assert all(process.stdout.readline() for process in processes)
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
    assert launch._wait(processes, 10.0) == ([130, 130], True)


def test_one_that_ends_in_peace_does_not_hurry_the_others():
    assert launch._wait([python("pass"), python("import time; time.sleep(1)")], 0.1) == ([0, 0], False)


def test_one_that_fails_leaves_the_others_a_little_time():
    codes, stopped = launch._wait([python("raise SystemExit(3)"), python("import time; time.sleep(60)")], 0.5)
    assert (codes, stopped) == ([3, -signal.SIGKILL], False)


def outcome(tmp_path: Path, content: dict | None, codes: list[int], stopped: bool = False) -> dict:
    file = tmp_path / "outcome.json"
    if content is not None:
        file.write_text(json.dumps(content), encoding="utf-8")
    return launch._outcome(file, codes, stopped, tmp_path)


def test_outcomes(tmp_path):
    assert outcome(tmp_path, {"result": {"a": 1}}, [0, 0]) == {"a": 1}
    with pytest.raises(OutsideError, match=r"exit codes \[0, -11\]\)\n  fix: see .*process_1\.log"):
        outcome(tmp_path, {"result": {"a": 1}}, [0, -11])
    for kind in (DataError, UsageError, OutsideError, Interrupted):
        with pytest.raises(kind, match="why\n  fix: how") as caught:
            outcome(tmp_path, {"error": kind.__name__, "message": "why", "fix": "how"}, [kind.exit_code, -9])
        assert type(caught.value) is kind


def test_stopped_before_the_processes_were_ready(tmp_path):
    with pytest.raises(Interrupted, match=r"before a checkpoint could be saved \(exit codes \[-15, -15\]\)"):
        outcome(tmp_path, None, [-15, -15], stopped=True)


def test_paddles_launcher_starts_and_stops_them_too(train_config, tmp_path):
    """As it does for cards; here for two processes on the CPU of one host."""
    output = tmp_path / "output"
    when_epoch(output, 1, lambda: os.kill(os.getpid(), signal.SIGTERM))
    config = train_config(output, epochs_iters=5000, num_processes=2, dist_ips="127.0.0.1")
    with pytest.raises(Interrupted, match=r"stopped in epoch \d+ of 5000; \S*latest holds epoch"):
        launch.run_processes(config, CPU, 2)
    held = json.loads((output / "latest" / "latest.info.json").read_text("utf-8"))
    assert held["batching"]["processes"] == 2 and held["global_step"] >= 3
    assert (output / "latest" / "inference" / "inference.json").is_file()
    logs = sorted(path.name for path in (output / "train" / "processes").iterdir())
    assert logs == ["workerlog.0", "workerlog.1"]
    assert "24 training rows" in (output / "train" / "processes" / "workerlog.0").read_text("utf-8")


def test_the_other_hosts_read_the_outcome_of_the_first(tmp_path, monkeypatch):
    file = tmp_path / "outcome.json"
    threading.Timer(0.3, lambda: file.write_text("{}")).start()
    launch._await_shared(file)
    file.unlink()
    monkeypatch.setattr(launch, "SHARED_S", 0.1)
    with pytest.raises(OutsideError, match=r"the first host has not written it here\n.*a disk that all hosts"):
        launch._await_shared(file)
