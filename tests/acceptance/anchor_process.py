"""Running `ocrflow check-dataset` as a process of its own: how it ends, what it says, what memory it takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anchor_toy import MODELS, Toy

TIMEOUT_S = 60
_WATCH = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
with open(sys.argv[1], "w") as file:
    json.dump({"code": done.returncode, "peak": peak, "said": done.stdout.decode(errors="replace")}, file)
"""


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes:
        code: its exit code.
        said: stdout and stderr.
        peak_bytes: the most memory that it, or a process that it started, had resident.
        faults: the lines of faults.jsonl.
    """

    code: int
    said: str
    peak_bytes: int
    faults: list[dict[str, Any]]


def check_in_process(toy: Toy, folder: Path, timeout_s: float = TIMEOUT_S) -> Ended:
    """Check the toy; `folder` takes the output, the cache and what the watcher writes.

    Raises:
        subprocess.TimeoutExpired: it did not end; it is killed.
    """
    output, watched = folder / "output", folder / "watched.json"
    overrides = [f"Global.dataset_dir={toy.root}", f"Global.output={output}"]
    command = [sys.executable, "-m", "ocrflow", "check-dataset", "-c", MODELS[toy.task], "-o", *overrides]
    environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache"), "MPLCONFIGDIR": str(folder.parent / "fonts")}
    process = subprocess.Popen(
        [sys.executable, "-c", _WATCH, str(watched), *command], env=environment, start_new_session=True
    )
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
        raise
    ended = json.loads(watched.read_text())
    told = output / "check_dataset/faults.jsonl"
    lines = told.read_text(encoding="utf-8").split("\n") if told.exists() else []
    return Ended(ended["code"], ended["said"], ended["peak"], [json.loads(line) for line in lines if line])
