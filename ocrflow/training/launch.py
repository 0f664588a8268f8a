"""Starting the processes of a training and waiting for them.

Several GPUs go through `paddle.distributed.launch`; several CPU processes of this machine are started here with the
same environment variables, which keeps the terminal for rank 0 and saves the launcher's own start.
"""

from __future__ import annotations

import math
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ocrflow import errors
from ocrflow.config import RunConfig
from ocrflow.errors import OcrflowError, OutsideError
from ocrflow.files import read_json, write_json
from ocrflow.training.device import Device
from ocrflow.training.stop import Interrupted, stop_on_signals
from ocrflow.training.worker import outcome_file

POLL_S = 0.2
GRACE_S = 10.0  # how long the other processes may go on after one has failed
CLEAN = (0, Interrupted.exit_code)


def run_processes(config: RunConfig, device: Device, processes: int) -> dict[str, Any]:
    """Train with several processes and return rank 0's result.

    Raises:
        OcrflowError: the error that ended the training, or OutsideError when a process died without one.
    """
    folder = Path(config.Global.output) / "train"
    job_file = folder / "job.json"
    write_json(job_file, {"config": config.model_dump(mode="json"), "processes": processes})
    outcome_file(job_file).unlink(missing_ok=True)
    worker = [sys.executable, "-m", "ocrflow.training.worker", str(job_file)]
    if device.kind == "gpu":
        cards = ",".join(map(str, device.ids[:processes]))
        launcher = ["-m", "paddle.distributed.launch", "--devices", cards, "--log_dir", str(folder / "processes")]
        started = [subprocess.Popen([sys.executable, *launcher, *worker[1:]])]
    else:
        started = _start_on_cpu(worker, processes, folder)
    codes, stopped = _wait(started)
    return _outcome(outcome_file(job_file), codes, stopped, folder)


def _start_on_cpu(worker: list[str], processes: int, folder: Path) -> list[subprocess.Popen[bytes]]:
    ports = _free_ports(processes + 1)
    endpoints = [f"127.0.0.1:{port}" for port in ports[1:]]
    common = {
        "PADDLE_MASTER": f"127.0.0.1:{ports[0]}",
        "PADDLE_TRAINERS_NUM": str(processes),
        "PADDLE_TRAINER_ENDPOINTS": ",".join(endpoints),
        "PADDLE_DISTRI_BACKEND": "gloo",
        "OMP_NUM_THREADS": str(max(1, len(os.sched_getaffinity(0)) // processes)),
    }
    started = []
    for rank, endpoint in enumerate(endpoints):
        environment = os.environ | common | {"PADDLE_TRAINER_ID": str(rank), "PADDLE_CURRENT_ENDPOINT": endpoint}
        if rank == 0:
            started.append(subprocess.Popen(worker, env=environment))
            continue
        with (folder / f"process_{rank}.log").open("wb") as log:
            started.append(subprocess.Popen(worker, env=environment, stdout=log, stderr=subprocess.STDOUT))
    return started


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def _wait(started: list[subprocess.Popen[bytes]]) -> tuple[list[int], bool]:
    """Exit codes of all, and whether a signal asked to stop.

    The signal is passed on; when a process fails the others are ended after a grace time.
    """
    told, deadline = False, math.inf
    try:
        with stop_on_signals() as stop:
            while any(process.poll() is None for process in started):
                if stop.is_set and not told:
                    told = True
                    for process in started:
                        process.terminate()
                if any(process.poll() not in (None, *CLEAN) for process in started):
                    deadline = min(deadline, time.monotonic() + GRACE_S)
                if time.monotonic() > deadline:
                    _kill(started)
                time.sleep(POLL_S)
    finally:
        _kill(started)
    return [process.wait() for process in started], told


def _kill(started: list[subprocess.Popen[bytes]]) -> None:
    for process in started:
        process.kill()


def _outcome(file: Path, codes: list[int], stopped: bool, folder: Path) -> dict[str, Any]:
    """Rank 0's result, or the error that ended the training raised again."""
    outcome = read_json(file) if file.is_file() else {}
    if "result" in outcome and not any(codes):
        return outcome["result"]
    if "error" in outcome:
        kind: type[OcrflowError] = Interrupted
        if outcome["error"] != Interrupted.__name__:
            kind = getattr(errors, outcome["error"], OcrflowError)
        raise kind(outcome["message"], fix=outcome["fix"])
    if stopped:
        raise Interrupted(f"stopped by a signal before a checkpoint could be saved (exit codes {codes})")
    failed = [rank for rank, code in enumerate(codes) if code not in CLEAN]
    logs = ", ".join(str(folder / f"process_{rank}.log") for rank in failed if rank) or "what it printed above"
    fix = f"see {logs}; go on with -o Train.resume_path={folder.parent / 'latest' / 'latest.pdparams'}"
    raise OutsideError(f"a training process ended without a result (exit codes {codes})", fix=fix)
