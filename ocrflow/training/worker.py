"""One process of a training: `python -m ocrflow.training.worker JOB.json`, or called in the same process.

The processes meet through Paddle's environment variables. Rank 0 leaves its outcome beside the job file; so does any
process that an error ended.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import OcrflowError
from ocrflow.files import read_json, write_json
from ocrflow.quiet import quiet_libraries
from ocrflow.training.stop import Interrupted


def outcome_file(job_file: Path) -> Path:
    """Where rank 0 writes what `train` returned, or the error that ended it."""
    return job_file.with_name("outcome.json")


def train(config: RunConfig, processes: int) -> dict[str, Any]:
    """Train as one of `processes` processes.

    Returns:
        What the loop returns, with the weights report and the task's facts.

    Raises:
        OcrflowError: what the data, the weights, the device or the loop raises.
    """
    import cv2
    import paddle

    from ocrflow.data.lists import lists_of
    from ocrflow.tasks.training_tasks import training_task
    from ocrflow.training.device import parse_device
    from ocrflow.training.ranks import Ranks

    cv2.setNumThreads(1)  # its threads would fight with Paddle's for the cores
    device = parse_device(config.Global.device)
    if device.kind == "gpu":
        card = os.environ.get("FLAGS_selected_gpus", device.ids[0])  # noqa: SIM112 (set by Paddle's launcher)
        paddle.set_device(f"gpu:{card}")
    else:
        paddle.set_device("cpu")
    ranks = Ranks.join() if processes > 1 else Ranks()
    with paddle.utils.unique_name.guard():  # the optimizer's state is stored under these names
        task = training_task(config, lists_of(config), processes)
        return _train(config, task, ranks)


def _train(config: RunConfig, task: Any, ranks: Any) -> dict[str, Any]:
    from ocrflow.tracking.run import start_run
    from ocrflow.training.journal import Journal
    from ocrflow.training.loop import Training

    output, settings = Path(config.Global.output), config.Train
    journal = None
    if ranks.first:
        tracker = start_run(config, task.lists.data_version)
        journal = Journal(output, tracker, bool(settings.resume_path), settings.epochs_iters)
    status = "FAILED"
    try:
        training = Training(task, settings, output, journal, ranks)
        facts = task.facts()
        if journal:
            journal.say("\n".join(_announcement(training, facts)))
        result = training.run()
        status = "FINISHED"
    except (Interrupted, KeyboardInterrupt):
        status = "KILLED"
        raise
    finally:
        if journal:
            journal.close(status)
    return {**result, "epochs": settings.epochs_iters, "weights": training.weights_report, **facts}


def _announcement(training: Any, facts: dict[str, Any]) -> list[str]:
    settings = training.settings
    rows = f"{facts['rows_train']} training rows, {facts['rows_val']} validation rows"
    steps = f"{training.stepper.total_steps} steps in {settings.epochs_iters} epochs"
    count = training.ranks.count
    batches = f"batch {settings.batch_size} x {count} process{'es' if count > 1 else ''}"
    return [f"{rows}, {steps}, {batches}", *training.weights_report["lines"]]


def main(job_file: Path) -> int:
    """Run one process of the job; returns the exit code."""
    quiet_libraries()
    job = read_json(job_file)
    config = RunConfig.model_validate(job["config"])
    _exit_with_parent()
    outcome: dict[str, Any]
    try:
        outcome = {"result": train(config, job["processes"])}
        code = 0
    except OcrflowError as error:
        outcome = {"error": type(error).__name__, "message": error.args[0], "fix": error.fix}
        code = error.exit_code
    except KeyboardInterrupt:
        return Interrupted.exit_code
    if os.environ.get("PADDLE_TRAINER_ID", "0") == "0" or ("error" in outcome and code != Interrupted.exit_code):
        write_json(outcome_file(job_file), outcome)
    return code


def _exit_with_parent() -> None:
    """End this process when the one that started it is gone, instead of waiting for its peers for ever."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(3)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
