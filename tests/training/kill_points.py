"""Kills small trainings at many moments and goes on: `kill_points.py OUT SEED POINTS` prints what happened as JSON.

Paddle is imported once; every training is a new process that is forked before Paddle has computed anything. Moments are
the calls of what reads, learns and writes; a call that writes is cut off in its middle.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from toy_task import Net, ToyTask, run_toy, toy_config

SETTINGS = {"epochs_iters": 3, "min_evaluations": 5}


class Moments:
    """Counts the moments of a training and ends the process at the one with the number `last`, from 0."""

    def __init__(self, log: Path, last: int | None):
        self.log, self.last, self.count = log.open("w", buffering=1), last, 0

    def watch(self, owner: Any, name: str, half: Callable[..., None] | None = None) -> None:
        """Every call of `owner.name` is a moment; at the last one `half` does a part of its work."""
        original = getattr(owner, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            self.log.write(f"{name}\n")
            if self.count == self.last:
                self.log.flush()
                if half:
                    half(original, *arguments)
                os.kill(os.getpid(), signal.SIGKILL)
            self.count += 1
            return original(*arguments, **named)

        setattr(owner, name, watched)


def half_saved(save: Callable[..., None], value: Any, path: str) -> None:
    """A file that was cut off."""
    save(value, path)
    os.truncate(path, Path(path).stat().st_size // 2)


def half_array(save: Callable[..., None], path: Path, array: np.ndarray) -> None:
    """A part of an exported model."""
    Path(path).write_bytes(b"half")


def half_copy(copy: Callable[..., None], source: Path, target: Path) -> None:
    """A file that was cut off."""
    Path(target).write_bytes(Path(source).read_bytes()[:99])


def half_text(write: Callable[..., None], path: Path, text: str, *rest: Any) -> None:
    """A text that was cut off."""
    write(path, text[: len(text) // 2])


def watch_all(moments: Moments) -> None:
    """Everything that a training does with files, and the parts of a step."""
    moments.watch(paddle, "save", half_saved)
    moments.watch(np, "save", half_array)
    moments.watch(shutil, "copyfile", half_copy)
    moments.watch(Path, "write_text", half_text)
    os.fsync = lambda handle: None  # the kernel outlives the process, whether or not it has reached the disk
    for owner, names in {
        Path: ("rename", "replace", "mkdir", "unlink", "write_bytes"),
        os: ("fsync", "link", "rmdir"),
        Net: ("forward",),
        ToyTask: ("evaluate", "export", "build"),
        paddle.optimizer.Adam: ("step",),
    }.items():
        for name in names:
            moments.watch(owner, name)


def train(output: Path, last: int | None, seconds: float | None = None) -> int:
    """Train in a new process, from the newest complete checkpoint of `output`; returns the number of its end's signal.

    Args:
        last: the moment at which it is killed; None: never.
        seconds: or after this time.
    """
    child = os.fork()
    if not child:
        with (output.parent / f"{output.name}.log").open("a") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            watch_all(Moments(output.parent / f"{output.name}.moments", last))
            code = 1
            with contextlib.suppress(SystemExit):
                run_toy(toy_config(output, resume_path="auto", **SETTINGS))
                code = 0
            os._exit(code)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise SystemExit((output.parent / f"{output.name}.log").read_text())
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def moments_of(output: Path) -> list[str]:
    """The names of the calls in the last training of `output`."""
    return (output.parent / f"{output.name}.moments").read_text().split()


def main(folder: Path, seed: int, points: int) -> None:
    """Train unbroken, then `points` times with a kill in each, some of them killed again, some at a random time."""
    folder.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    train(folder / "unbroken", None)
    took_s = time.monotonic() - start
    names, rng = moments_of(folder / "unbroken"), random.Random(seed)
    kinds = sorted(set(names))
    killed = []
    for number in range(points):
        output = folder / str(number)
        kind = kinds[number % len(kinds)] if number < len(kinds) else None
        chosen = [place for place, name in enumerate(names) if kind in (None, name)]
        signals = [
            train(output, None, rng.uniform(0, took_s)) if number % 5 == 4 else train(output, rng.choice(chosen))
        ]
        killed.append({"at": moments_of(output)[-1:], "signals": signals})
        if number % 4 == 3:
            signals.append(train(output, rng.randrange(len(names) // 2)))
        train(output, None)
    print(json.dumps({"moments": len(names), "kinds": kinds, "killed": killed, "seconds": time.monotonic() - start}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
