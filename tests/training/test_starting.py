"""The processes of a training."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ocrflow.training import starting
from ocrflow.training.device import Device
from ocrflow.training.orphan import STARTED_BY
from ocrflow.training.starting import by_launcher, launch_command, meeting_point


def test_where_they_meet():
    first, second = meeting_point(2)
    assert first["PADDLE_TRAINER_ID"] == "0" and second["PADDLE_TRAINER_ID"] == "1"
    endpoints = first["PADDLE_TRAINER_ENDPOINTS"].split(",")
    assert [first["PADDLE_CURRENT_ENDPOINT"], second["PADDLE_CURRENT_ENDPOINT"]] == endpoints
    assert len({*endpoints, first["PADDLE_MASTER"]}) == 3 and first["PADDLE_MASTER"] == second["PADDLE_MASTER"]
    assert first["PADDLE_TRAINERS_NUM"] == "2"


@pytest.mark.parametrize(
    ("device", "hosts", "options"),
    [
        (Device("gpu", (0, 2, 3)), None, "--devices 0,2,3"),
        (Device("npu", (0, 1, 2)), "10.0.0.1,10.0.0.2", "--devices 0,1,2 --ips 10.0.0.1,10.0.0.2"),
        (Device("cpu"), "127.0.0.1", "--nproc_per_node 3 --ips 127.0.0.1"),
    ],
)
def test_the_command_line(device, hosts, options):
    command = launch_command(Path("job.json"), device, 3, hosts, Path("logs"))
    assert command[:3] == [sys.executable, "-m", "paddle.distributed.launch"]
    assert " ".join(command[3:-2]) == f"{options} --log_dir logs --log_level ERROR"
    assert Path(command[-2]).is_file() and command[-1] == "job.json"


def test_the_script_is_alone_in_its_folder(tmp_path):
    """Its folder comes first where Python looks for modules; one called `stop` or `task` would hide another's."""
    script = Path(launch_command(Path("x"), Device("cpu"), 1, None, tmp_path)[-2])
    assert {path.name for path in script.parent.iterdir()} <= {"__init__.py", "__pycache__", "worker.py"}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert "IndexError" in done.stderr  # it came to where it needs the job


@pytest.mark.parametrize(
    ("kind", "free_mib", "said"),
    [("gpu", 63, "has 63 MiB, NCCL gets NCCL_SHM_DISABLE=1"), ("gpu", 9000, ""), ("npu", 63, ""), ("cpu", 63, "")],
)
def test_small_shared_memory(monkeypatch, tmp_path, capsys, kind, free_mib, said):
    monkeypatch.delenv(starting.NO_SHM, raising=False)
    monkeypatch.setattr(starting, "SHM", tmp_path)
    monkeypatch.setattr(starting.shutil, "disk_usage", lambda _: SimpleNamespace(free=free_mib << 20))
    assert starting.without_shared_memory(Device(kind, (0, 1))) == ({"NCCL_SHM_DISABLE": "1"} if said else {})
    assert said in capsys.readouterr().out
    monkeypatch.setenv(starting.NO_SHM, "0")
    assert starting.without_shared_memory(Device(kind, (0, 1))) == {}


def test_what_the_launcher_writes_of_the_environment_is_not_kept(tmp_path, monkeypatch):
    """Of its files only what the workers printed is kept."""
    seen: dict[str, str] = {}

    def pretend(command, env, start_new_session):
        folder = Path(command[command.index("--log_dir") + 1])
        assert folder.stat().st_mode & 0o077 == 0 and tmp_path not in folder.parents
        for name in ("workerlog.0", "envlog.0", "default.abc.log", "backup_env.0.json"):
            (folder / name).write_text("secret" if name != "workerlog.0" else "said")
        seen.update(env, folder=str(folder))

    monkeypatch.setattr(starting.subprocess, "Popen", pretend)
    job = tmp_path / "train" / "job.json"
    with by_launcher(job, Device("mlu", (0, 1)), 2, None):
        pass
    kept = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept == ["train/processes/workerlog.0"]
    assert not Path(seen["folder"]).exists()
    assert (seen["PADDLE_XCCL_BACKEND"], seen[STARTED_BY]) == ("mlu", str(os.getpid()))
