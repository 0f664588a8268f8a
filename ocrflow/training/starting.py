"""The processes of a training: those of this machine's CPU directly, those of cards and of several hosts by Paddle.

Paddle's launcher writes all environment variables, secrets among them, into its log folder; so that is a private
folder, from which only what the processes printed is kept.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocrflow.training.device import Device
from ocrflow.training.entry import __file__ as entry_package
from ocrflow.training.meeting import KEY
from ocrflow.training.orphan import STARTED_BY

Started = list[subprocess.Popen[bytes]]
XCCL = "PADDLE_XCCL_BACKEND"
NO_SHM, SHM = "NCCL_SHM_DISABLE", Path("/dev/shm")
ENOUGH_SHM_BYTES = 512 << 20


@contextmanager
def on_cpu(job_file: Path, processes: int) -> Iterator[Started]:
    """Start `processes` workers on this machine; rank 0 has the terminal, the others write `process_N.log`."""
    yield start_on_cpu([sys.executable, "-m", "ocrflow.training.worker", str(job_file)], processes, job_file.parent)


def start_on_cpu(worker: list[str], processes: int, folder: Path) -> Started:
    """Start the command `processes` times with the variables by which Paddle's processes meet."""
    started = []
    for rank, variables in enumerate(meeting_point(processes)):
        if rank == 0:
            started.append(subprocess.Popen(worker, env=os.environ | variables))
            continue
        with (folder / f"process_{rank}.log").open("wb") as log:
            process = subprocess.Popen(worker, env=os.environ | variables, stdout=log, stderr=subprocess.STDOUT)
            started.append(process)
    return started


def meeting_point(processes: int) -> list[dict[str, str]]:
    """The environment variables of each of so many processes, by which Paddle lets them meet on this machine."""
    ports = _free_ports(processes + 1)
    endpoints = [f"127.0.0.1:{port}" for port in ports[1:]]
    common = {
        "PADDLE_MASTER": f"127.0.0.1:{ports[0]}",
        "PADDLE_TRAINERS_NUM": str(processes),
        "PADDLE_TRAINER_ENDPOINTS": ",".join(endpoints),
        "PADDLE_DISTRI_BACKEND": "gloo",
        "OMP_NUM_THREADS": str(max(1, len(os.sched_getaffinity(0)) // processes)),
        KEY: secrets.token_hex(32),
    }
    own = ({"PADDLE_TRAINER_ID": str(rank), "PADDLE_CURRENT_ENDPOINT": at} for rank, at in enumerate(endpoints))
    return [common | variables for variables in own]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


@contextmanager
def by_launcher(job_file: Path, device: Device, processes: int, hosts: str | None) -> Iterator[Started]:
    """Start Paddle's launcher, which starts one worker a card of this host.

    Args:
        processes: of this host.
        hosts: addresses of all hosts with commas, this one among them; the command runs on each of them.
    """
    with tempfile.TemporaryDirectory(prefix="ocrflow-launch-") as private:
        environment = os.environ | {STARTED_BY: str(os.getpid())}
        if not hosts or "," not in hosts:
            environment |= {KEY: secrets.token_hex(32)}
        if device.is_plugged:
            environment |= {XCCL: device.kind}
        environment |= without_shared_memory(device)
        command = launch_command(job_file, device, processes, hosts, Path(private))
        try:
            yield [subprocess.Popen(command, env=environment, start_new_session=True)]
        finally:
            _keep_logs(Path(private), job_file.parent / "processes")


def launch_command(job_file: Path, device: Device, processes: int, hosts: str | None, log_dir: Path) -> list[str]:
    """The launcher's command line."""
    cards = ",".join(map(str, device.ids[:processes]))
    where = ["--devices", cards] if cards else ["--nproc_per_node", str(processes)]
    others = ["--ips", hosts] if hosts else []
    options = [*where, *others, "--log_dir", str(log_dir), "--log_level", "ERROR"]
    script = str(Path(entry_package).with_name("worker.py"))
    return [sys.executable, "-m", "paddle.distributed.launch", *options, script, str(job_file)]


def without_shared_memory(device: Device) -> dict[str, str]:
    """What keeps NCCL out of /dev/shm where that is too small, as in a container with Docker's default of 64 MiB.

    Nothing else of a training uses it. Through sockets the cards of one host exchange gradients more slowly.
    """
    if device.kind != "gpu" or NO_SHM in os.environ or not SHM.is_dir():
        return {}
    free = shutil.disk_usage(SHM).free
    if free >= ENOUGH_SHM_BYTES:
        return {}
    print(f"{SHM} has {free >> 20} MiB, NCCL gets {NO_SHM}=1; a container is faster with --shm-size=1g", flush=True)
    return {NO_SHM: "1"}


def _keep_logs(private: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for log in private.glob("workerlog.*"):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(log, folder / log.name)
