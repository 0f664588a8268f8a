"""Training with several processes: waiting for them, stopping them, and what came out."""

from __future__ import annotations

import math
import subprocess
import time
from pathlib import Path
from typing import Any

from ocrflow import errors
from ocrflow.config import RunConfig
from ocrflow.errors import OcrflowError, OutsideError
from ocrflow.files import read_json, write_json
from ocrflow.training.device import Device
from ocrflow.training.starting import by_launcher, on_cpu
from ocrflow.training.stop import Interrupted, stop_on_signals
from ocrflow.training.worker import outcome_file

POLL_S = 0.2
GRACE_S = 10.0  # how long the other processes may go on after one has failed
LAUNCHER_GRACE_S = 40.0  # Paddle's launcher ends them itself, after 30 s at most
SHARED_S = 20.0  # how long a file that another host has written may take to be seen here
CLEAN = (0, Interrupted.exit_code)


def run_processes(config: RunConfig, device: Device, processes: int) -> dict[str, Any]:
    """Train with several processes and return rank 0's result.

    Args:
        processes: of all hosts together.

    Raises:
        OcrflowError: the error that ended the training, or OutsideError when a process died without one.
    """
    folder, hosts = Path(config.Global.output) / "train", config.Train.dist_ips
    job_file = folder / "job.json"
    write_json(job_file, {"config": config.model_dump(mode="json"), "processes": processes})
    outcome_file(job_file).unlink(missing_ok=True)
    if device.kind == "cpu" and not hosts:
        with on_cpu(job_file, processes) as started:
            codes, stopped = _wait(started, GRACE_S)
    else:
        here = processes // len(hosts.split(",")) if hosts else processes
        with by_launcher(job_file, device, here, hosts) as started:
            codes, stopped = _wait(started, LAUNCHER_GRACE_S)
    if hosts and not any(codes):
        _await_shared(outcome_file(job_file))
    return _outcome(outcome_file(job_file), codes, stopped, folder)


def _await_shared(file: Path) -> None:
    """The first host writes the outcome; the others read it from the folder that all share."""
    end = time.monotonic() + SHARED_S
    while not file.is_file():
        if time.monotonic() > end:
            fix = "put Global.output on a disk that all hosts of Train.dist_ips share"
            raise OutsideError(f"{file}: the first host has not written it here", fix=fix)
        time.sleep(POLL_S)


def _wait(started: list[subprocess.Popen[bytes]], grace_s: float) -> tuple[list[int], bool]:
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
                    deadline = min(deadline, time.monotonic() + grace_s)
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
