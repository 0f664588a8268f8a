"""One process of a training: `python -m ocrflow.training.worker JOB.json`, or called in the same process.

The processes meet through Paddle's environment variables. Rank 0 leaves its outcome beside the job file.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import OcrflowError, UsageError
from ocrflow.files import read_json, write_json
from ocrflow.models import TEXT_RECOGNITION


def outcome_file(job_file: Path) -> Path:
    """Where rank 0 writes what `train` returned, or the error that ended it."""
    return job_file.with_name("outcome.json")


def train(config: RunConfig, processes: int) -> dict[str, Any]:
    """Train as one of `processes` processes.

    Returns:
        What the loop returns, with the weights report and the task's facts.
    """
    import cv2
    import paddle

    from ocrflow.training.device import parse_device
    from ocrflow.training.journal import Journal
    from ocrflow.training.loop import Training
    from ocrflow.training.ranks import Ranks

    cv2.setNumThreads(1)  # its threads would fight with Paddle's for the cores
    device = parse_device(config.Global.device)
    paddle.set_device("cpu" if device.kind == "cpu" else f"gpu:{os.environ.get('FLAGS_selected_gpus', device.ids[0])}")
    ranks = Ranks.join() if processes > 1 else Ranks()
    output = Path(config.Global.output)
    with paddle.utils.unique_name.guard():  # the optimizer's state is stored under these names
        task = _task(config, processes)
        journal = Journal(output, _tracker(config), bool(config.Train.resume_path)) if ranks.first else None
        status = "FAILED"
        try:
            training = Training(task, config.Train, output, journal, ranks)
            _announce(training, task.facts(), journal)
            result = training.run()
            status = "FINISHED"
        finally:
            if journal:
                journal.close(status)
    return {**result, "weights": training.weights_report, **task.facts()}


def _task(config: RunConfig, processes: int) -> Any:
    if config.task != TEXT_RECOGNITION:
        fix = "set Global.model to a recognition model"
        raise UsageError(f"{config.Global.model}: training of {config.task} is not there yet", fix=fix)
    from ocrflow.data.lists import lists_of
    from ocrflow.tasks.text_recognition.training import RecognitionTask

    return RecognitionTask(config, lists_of(config), processes)


def _tracker(config: RunConfig) -> Any:
    from ocrflow.tracking.run import start_run

    return start_run(config)


def _announce(training: Any, facts: dict[str, Any], journal: Any) -> None:
    if journal is None:
        return
    settings = training.settings
    lines = [
        f"{facts['rows_train']} training rows, {facts['rows_val']} validation rows, {training.total_steps} steps in "
        f"{settings.epochs_iters} epochs, batch {settings.batch_size} x {training.ranks.count} processes",
        *training.weights_report["lines"],
    ]
    for line in lines:
        print(line, flush=True)
        journal.line(line)


def main(job_file: Path) -> int:
    """Run one process of the job; returns the exit code."""
    job = read_json(job_file)
    config = RunConfig.model_validate(job["config"])
    _exit_with_parent()
    try:
        outcome = {"result": train(config, job["processes"])}
        code = 0
    except OcrflowError as error:
        outcome = {"error": type(error).__name__, "message": error.args[0], "fix": error.fix}
        code = error.exit_code
    if os.environ.get("PADDLE_TRAINER_ID", "0") == "0" or "error" in outcome:
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
