"""A training process does not outlive the command that started it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from ocrflow.training.orphan import STARTED_BY

WATCH = "from ocrflow.training.orphan import end_with_parent; end_with_parent()"
CHILD = f"import time; {WATCH}; print(1, flush=True); time.sleep(90)"
PARENT = (
    "import subprocess, sys, time; "
    f"p = subprocess.Popen([sys.executable, '-c', {CHILD!r}], stdout=subprocess.PIPE); p.stdout.readline(); "
    "print(p.pid, flush=True); time.sleep(90)"
)


def test_a_process_without_its_parent_ends():
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    pid = int(process.stdout.readline())
    assert is_running(pid)
    process.kill()
    process.wait()
    assert ends(pid)


def test_a_process_ends_with_the_command_behind_the_launcher():
    """Which may be killed while the launcher, its parent, goes on."""
    command = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(90)"])
    environment = os.environ | {STARTED_BY: str(command.pid)}
    worker = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, env=environment)
    assert worker.stdout.readline()
    time.sleep(1.5)
    assert worker.poll() is None
    command.kill()
    command.wait()
    assert worker.wait(timeout=10) == 3


def ends(pid: int) -> bool:
    end = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.1)
    return not is_running(pid)


def is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
