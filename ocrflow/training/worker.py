"""One process of a training: `python -m ocrflow.training.worker JOB.json`, or called in the same process.

The processes meet through Paddle's environment variables. Rank 0 leaves its outcome beside the job file; so does any
process that an error ended.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import OcrflowError
from ocrflow.files import read_json, write_json
from ocrflow.quiet import quiet_libraries
from ocrflow.training.device import Device, parse_device, require_precision
from ocrflow.training.meeting import PeerGone
from ocrflow.training.orphan import end_with_parent
from ocrflow.training.stop import Interrupted


def outcome_file(job_file: Path) -> Path:
    """Where rank 0 writes what `train` returned, or the error that ended it."""
    return job_file.with_name("outcome.json")


def train(config: RunConfig, processes: int) -> dict[str, Any]:
    """Train as one of `processes` processes.

    Returns:
        What the loop returns, with the task's facts.

    Raises:
        OcrflowError: what the data, the weights, the device or the loop raises.
    """
    import cv2
    import paddle

    from ocrflow.data.lists import lists_of
    from ocrflow.tasks.training_tasks import training_task
    from ocrflow.training.find import Resume, resolve
    from ocrflow.training.ranks import Ranks

    cv2.setNumThreads(1)  # its threads would fight with Paddle's for the cores
    device = use_device(config)
    require_precision(config.Train.amp, device.kind)
    ranks = Ranks.join() if processes > 1 else Ranks()
    mine = resolve(config.Train.resume_path, Path(config.Global.output)) if ranks.first else Resume(None)
    found = ranks.gather(mine)[0]
    config = _with_train(config, resume_path=found.path)
    if found.path:  # a resumed run needs no starting weights
        config = _with_train(config, pretrain_weight_path=None)
    with paddle.utils.unique_name.guard():  # the optimizer's state is stored under these names
        task = training_task(config, lists_of(config), processes)
        return _train(config, task, ranks, found.lines)


def _with_train(config: RunConfig, **values: Any) -> RunConfig:
    return config.model_copy(update={"Train": config.Train.model_copy(update=values)})


def use_device(config: RunConfig) -> Device:
    """Make Paddle compute where the configuration says; with several cards, on the one that the launcher chose."""
    import paddle

    device = parse_device(config.Global.device)
    kind = "gpu" if device.kind == "dcu" else device.kind
    chosen = os.environ.get(f"FLAGS_selected_{kind}s", "").partition(",")[0]
    card = int(chosen) if chosen else next(iter(device.ids), 0)
    paddle.set_device(device.paddle_name(card))
    return device


def _train(config: RunConfig, task: Any, ranks: Any, lines: list[str]) -> dict[str, Any]:
    from ocrflow.tracking.run import start_run
    from ocrflow.training.announce import announcement
    from ocrflow.training.identity import identity_of
    from ocrflow.training.journal import Journal
    from ocrflow.training.loop import Training

    output, settings = Path(config.Global.output), config.Train
    journal = None
    if ranks.first:
        tracker = start_run(config, task.lists.data_version)
        journal = Journal(output, tracker, bool(settings.resume_path), settings.epochs_iters)
        for line in lines:
            journal.say(line)
    status = "FAILED"
    try:
        facts = task.facts()
        training = Training(task, settings, output, journal, ranks, identity_of(config, task.lists, facts))
        if journal:
            journal.say("\n".join(announcement(config, training, facts)))
        result = training.run()
        status = "FINISHED"
    except (Interrupted, KeyboardInterrupt):
        status = "KILLED"
        raise
    finally:
        if journal:
            journal.close(status)
    return {**result, **facts}


def main(job_file: Path) -> int:
    """Run one process of the job; returns the exit code."""
    quiet_libraries()
    job = read_json(job_file)
    config = RunConfig.model_validate(job["config"])
    end_with_parent()
    outcome: dict[str, Any]
    try:
        outcome = {"result": train(config, job["processes"])}
        code = 0
    except OcrflowError as error:
        outcome = {"error": type(error).__name__, "message": error.args[0], "fix": error.fix}
        code = error.exit_code
    except KeyboardInterrupt:
        return Interrupted.exit_code
    except PeerGone:
        return PeerGone.exit_code
    if os.environ.get("PADDLE_TRAINER_ID", "0") == "0" or ("error" in outcome and code != Interrupted.exit_code):
        write_json(outcome_file(job_file), outcome)
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
