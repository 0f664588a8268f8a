"""A process that makes training pictures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.errors import DataError, OutsideError
from ocrflow.tasks.data_worker import DataWorker
from ocrflow.tasks.text_recognition.recipe import Job, Recipe


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for index in range(4):
        cv2.imwrite(str(tmp_path / f"{index}.png"), rng.integers(0, 256, (30, 90, 3), np.uint8))
    return tmp_path


@pytest.fixture
def recipe(folder):
    return Recipe(folder, 0.6, 5)


@pytest.fixture
def worker(recipe):
    worker = DataWorker(recipe)
    yield worker
    worker.end()


def jobs_of(count: int = 4, width: int = 100) -> list[Job]:
    return [Job(1, row, ((f"{row % 4}.png", width),)) for row in range(count)]


def test_it_makes_the_same_pictures(worker, recipe):
    for _ in range(2):
        worker.ask(jobs_of())
        assert all(np.array_equal(worker.answer(), recipe.make(job)) for job in jobs_of())


def test_more_pictures_than_the_pipe_holds(worker, recipe):
    jobs = jobs_of(200, width=400)
    worker.ask(jobs)
    assert [worker.answer().shape for _ in jobs] == [(48, 400, 3)] * 200


def test_a_bad_file_is_named_and_the_others_are_made(worker, folder):
    (folder / "2.png").write_bytes(b"\x89PNG not really")
    worker.ask(jobs_of())
    assert worker.answer().shape == worker.answer().shape == (48, 100, 3)
    with pytest.raises(DataError, match=r"2\.png: ") as caught:
        worker.answer()
    assert caught.value.fix
    assert worker.answer().shape == (48, 100, 3)


def test_any_other_error_names_the_file_too(worker):
    worker.ask([Job(1, 0, (("1.png", -3),))])
    with pytest.raises(RuntimeError, match=r"(?s)1\.png.*Traceback.*cv2"):
        worker.answer()


def test_a_killed_worker_says_so(worker):
    worker.ask(jobs_of(4000, width=3000))
    worker.answer()
    worker.process.kill()
    with pytest.raises(OutsideError, match=r"ended by signal SIGKILL, while it worked on 0\.png to 3\.png") as caught:
        for _ in range(4000):
            worker.answer()
    assert "num_workers=0" in caught.value.fix
    with pytest.raises(OutsideError, match="SIGKILL"):
        worker.ask(jobs_of(4000))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_are_left_to_the_training(worker, number):
    worker.ask(jobs_of(1))
    worker.answer()
    worker.process.send_signal(number)
    time.sleep(0.1)
    worker.ask(jobs_of(1))
    assert worker.answer().shape == (48, 100, 3)


def test_what_is_printed_does_not_come_between_the_pictures(worker, folder):
    """OpenCV's decoders print about damaged data."""
    data = (folder / "0.png").read_bytes()
    (folder / "0.png").write_bytes(data[:-200] + b"x" * 150 + data[-50:])
    worker.ask(jobs_of(2))
    for _ in range(2):
        try:
            assert worker.answer().shape == (48, 100, 3)
        except DataError as error:
            assert "0.png" in str(error)


def test_it_ends_with_the_training_however_that_ends(folder):
    """A killed training leaves no process behind."""
    code = (
        "import os, signal, pathlib\n"
        "from ocrflow.tasks.data_worker import DataWorker\n"
        "from ocrflow.tasks.text_recognition.recipe import Job, Recipe\n"
        f"worker = DataWorker(Recipe(pathlib.Path({str(folder)!r}), 0.5, 1))\n"
        "worker.ask([Job(1, 0, (('0.png', 3000),))] * 2000)\n"
        "worker.answer()\n"
        "print(worker.process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert told.returncode == -signal.SIGKILL
    pid = int(told.stdout)
    end = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_nothing_is_put_into_shared_memory(worker):
    worker.ask(jobs_of(50))
    for _ in range(50):
        worker.answer()
        mapped = Path(f"/proc/{worker.process.pid}/maps").read_text()
        assert "/dev/shm" not in mapped
    assert "paddle" not in mapped
