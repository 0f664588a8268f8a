"""Running a process and measuring all of it: wall and processor time, and the memory of it and its children."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EACH_S = 0.02


@dataclass(frozen=True)
class Cost:
    """What a process took.

    Attributes:
        wall_s: from its start to its end.
        cpu_s: user and system time of it and its children.
        peak_bytes: the most memory of all of them together; a page that several share counts once.
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int

    def __str__(self) -> str:
        return f"{self.wall_s:8.2f} s wall {self.cpu_s:8.2f} s cpu {self.peak_bytes / 2**20:8.0f} MiB"


def run(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end; what it says goes into `log`.

    Raises:
        SystemExit: it failed; the message ends with its last words.
    """
    with log.open("w") as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=dict(environment), stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        watch = _Watch(process.pid)
        watch.start()
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.ended.set()
    watch.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {process.returncode}:\n{log.read_text()[-3000:]}")
    return Cost(wall_s, used.ru_utime + used.ru_stime, watch.peak_bytes)


class _Watch(threading.Thread):
    """Looks at the memory of a process and its descendants fifty times a second."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.peak_bytes, self.ended = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(_EACH_S):
            self.peak_bytes = max(self.peak_bytes, sum(map(_proportional_bytes, _family(self.pid))))


def _family(pid: int) -> list[int]:
    """A process and its descendants."""
    with contextlib.suppress(OSError):
        children = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
        return [pid, *(found for child in children.split() for found in _family(int(child)))]
    return [pid]


def _proportional_bytes(pid: int) -> int:
    """Resident memory; a page that n processes share counts an n-th. 0 for one that has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
