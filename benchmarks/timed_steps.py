"""Training steps with a clock between their parts, in one process or several; `training.py` starts this.

    python benchmarks/timed_steps.py JOB.json

The job: `config` (a RunConfig), `processes`, `threads`, `steps`, `result` (the file for the figures). The parts are
those of `ocrflow.training`: the next batch, forward and loss, backward (which averages the gradients over the
processes), the optimizer. Several processes meet as ocrflow's own do, through Paddle's environment variables.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

UNTIMED = 2  # steps before the clock counts


def main(job_file: Path) -> int:
    """Be one process of the job, or start all of them and wait."""
    job = json.loads(job_file.read_text())
    if "PADDLE_TRAINER_ID" in os.environ:
        figures = _steps(job)
        if os.environ["PADDLE_TRAINER_ID"] == "0":
            Path(job["result"]).write_text(json.dumps(figures))
        return 0
    ports = [_free_port() for _ in range(job["processes"] + 1)]
    endpoints = [f"127.0.0.1:{port}" for port in ports[1:]]
    common = {
        "PADDLE_MASTER": f"127.0.0.1:{ports[0]}",
        "PADDLE_TRAINERS_NUM": str(job["processes"]),
        "PADDLE_TRAINER_ENDPOINTS": ",".join(endpoints),
        "PADDLE_DISTRI_BACKEND": "gloo",
        "OMP_NUM_THREADS": str(job["threads"]),
    }
    started = [
        subprocess.Popen(
            [sys.executable, __file__, str(job_file)],
            env=os.environ | common | {"PADDLE_TRAINER_ID": str(rank), "PADDLE_CURRENT_ENDPOINT": endpoint},
        )
        for rank, endpoint in enumerate(endpoints)
    ]
    return max(process.wait() for process in started)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return int(opened.getsockname()[1])


def _steps(job: dict[str, Any]) -> dict[str, float]:
    """Mean seconds of each part of a step, the samples and steps a second, and the processor time of a step."""
    import cv2
    import paddle

    from ocrflow.config import RunConfig
    from ocrflow.data.lists import lists_of
    from ocrflow.tasks.text_recognition.training import RecognitionTask
    from ocrflow.training.ranks import Ranks
    from ocrflow.training.stepper import make_optimizer

    cv2.setNumThreads(1)
    paddle.set_device("cpu")
    config = RunConfig.model_validate(job["config"])
    ranks = Ranks.join() if job["processes"] > 1 else Ranks()
    task = RecognitionTask(config, lists_of(config), job["processes"])
    net, _ = task.build()
    net.train()
    parallel, optimizer = ranks.parallel(net), make_optimizer(net, config.Train)
    clock, samples = Clock(), 0
    for number, batch in enumerate(_batches(task, ranks, job["steps"] + UNTIMED)):
        clock.lap("data")
        loss = task.loss(parallel, batch, ranks)
        float(loss)
        clock.lap("forward")
        loss.backward()
        clock.lap("backward")
        optimizer.step()
        optimizer.clear_grad()
        clock.lap("optimizer")
        samples += batch.global_size
        if number == UNTIMED - 1:
            clock, samples = Clock(), 0
    parts = clock.means(job["steps"])
    step_s = sum(parts.values())
    count = sum(weight.size for weight in net.parameters())
    return {
        **parts,
        "cpu": clock.cpu_s() / job["steps"],
        "reduce": _reduce_s(count, ranks),
        "samples_per_s": samples / job["steps"] / step_s,
        "base_width": task.base_width,
    }


def _batches(task: Any, ranks: Any, steps: int) -> Any:
    epoch = 0
    while steps > 0:
        epoch += 1
        for batch in task.batches(task.plan(epoch), epoch, ranks):
            yield batch
            steps -= 1
            if not steps:
                return


def _reduce_s(count: int, ranks: Any) -> float:
    """Averaging as many numbers as the network has weights, by itself; in a step it runs beside the backward pass."""
    if ranks.count == 1:
        return 0.0
    import paddle

    flat = paddle.zeros([count])
    paddle.distributed.all_reduce(flat)
    start = time.perf_counter()
    for _ in range(3):
        paddle.distributed.all_reduce(flat)
    return (time.perf_counter() - start) / 3


class Clock:
    """Sums up what passes between its laps."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.last, self.cpu_start = time.perf_counter(), time.process_time()

    def lap(self, name: str) -> None:
        """What has passed since the last lap was `name`."""
        now = time.perf_counter()
        self.sums[name] = self.sums.get(name, 0.0) + now - self.last
        self.last = now

    def means(self, steps: int) -> dict[str, float]:
        """Seconds of each part of a step."""
        return {name: total / steps for name, total in self.sums.items()}

    def cpu_s(self) -> float:
        """Processor time of this process since the clock was made."""
        return time.process_time() - self.cpu_start


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
