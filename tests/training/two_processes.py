"""Small trainings in two processes, stopped, killed and gone on with: `two_processes.py OUT` prints their exit codes.

Paddle is imported once; every process is forked before Paddle has computed anything.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from toy_task import run_toy, toy_config

from ocrflow.training import watch
from ocrflow.training.meeting import PeerGone
from ocrflow.training.starting import meeting_point
from ocrflow.training.stepper import Stepper
from ocrflow.training.stop import Interrupted


def signal_in(step: int, rank: int, number: int) -> None:
    """From now on this process sends itself a signal before it trains on this step, if it is of this rank."""
    original = Stepper.step

    def watched(self: Stepper, batches: Any, at: int) -> float:
        if at == step and self.ranks.rank == rank:
            os.kill(os.getpid(), number)
        return original(self, batches, at)

    Stepper.step = watched


def train(output: Path, at: tuple[int, int, int] | None = None, processes: int = 2, **settings: Any) -> list[int]:
    """Train in new processes; returns their exit codes, of one that was killed the negative signal.

    Args:
        at: step, rank and number of a signal.
    """
    children = []
    for environment in meeting_point(processes):
        child = os.fork()
        if not child:
            os.environ.update(environment)
            _run(output, at, processes, settings)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _run(output: Path, at: tuple[int, int, int] | None, processes: int, settings: dict[str, Any]) -> None:
    with (output.parent / f"{output.name}.log").open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        if at:
            signal_in(*at)
        code = 1
        try:
            run_toy(toy_config(output, **settings), processes)
            code = 0
        except (Interrupted, PeerGone) as error:
            code = error.exit_code
        except BaseException:
            traceback.print_exc()
        os._exit(code)


def main(folder: Path) -> None:
    """Unbroken; stopped and killed in the middle of epochs; two processes beside one with as many rows a step."""
    folder.mkdir(parents=True, exist_ok=True)
    watch.SECONDS_BETWEEN_MESSAGES = 0.0  # the processes speak after every step
    auto = {"resume_path": "auto", "epochs_iters": 3}
    plain = {"epochs_iters": 2, "ema": 0.0, "augment": 0.0, "freeze": ["norm"]}  # no row depends on those beside it
    codes = {
        "unbroken": [train(folder / "unbroken", epochs_iters=3)],
        "stopped": [train(folder / "stopped", (2, 1, signal.SIGTERM), **auto), train(folder / "stopped", **auto)],
        "early": [train(folder / "early", (0, 0, signal.SIGTERM), **auto), train(folder / "early", **auto)],
        "killed": [train(folder / "killed", (2, 0, signal.SIGKILL), **auto), train(folder / "killed", **auto)],
        "two": [train(folder / "two", batch_size=3, accumulate=2, **plain)],
        "one": [train(folder / "one", processes=1, batch_size=12, accumulate=1, **plain)],
    }
    print(json.dumps(codes))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
