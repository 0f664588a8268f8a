"""What every stage has in common: a result file, also for a failure, and a line when it is done.

A stage is a function `run(config) -> dict` that reads files, writes files and returns its result. The doors (CLI, DVC,
KFP) call it through `run_stage`, which writes `<Global.output>/<stage>_result.json` as PaddleX does.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import OcrflowError, UsageError
from ocrflow.files import read_json, write_json

STAGES = ("check_dataset", "split", "train", "evaluate", "export", "register", "predict")


def result_path(config: RunConfig, stage: str) -> Path:
    """Where the result of `stage` is."""
    return Path(config.Global.output) / f"{stage}_result.json"


def run_stage(stage: str, config: RunConfig) -> dict[str, Any]:
    """Run one stage and write its result file.

    Raises:
        OcrflowError: what the stage raised, after `{"done_flag": false, "err_type", "err_msg"}` was written.
    """
    module = importlib.import_module(f"ocrflow.stages.{stage}")
    try:
        result = {"done_flag": True, **module.run(config)}
    except OcrflowError as error:
        _write_failure(config, stage, error)
        raise
    write_json(result_path(config, stage), result)
    return result


def _write_failure(config: RunConfig, stage: str, error: OcrflowError) -> None:
    failure = {"done_flag": False, "err_type": type(error).__name__, "err_msg": str(error)}
    try:
        write_json(result_path(config, stage), failure | getattr(error, "result", {}))
    except OcrflowError:
        pass  # the output folder itself is what failed; the error that is raised says so


def result_of(config: RunConfig, stage: str) -> dict[str, Any]:
    """The result of an earlier stage.

    Raises:
        UsageError: that stage did not run, or failed.
    """
    path = result_path(config, stage)
    result = read_json(path) if path.is_file() else {}
    if not result.get("done_flag"):
        state = "failed" if result else "has not run"
        raise UsageError(f"{path}: the stage {stage} {state}", fix=f"ocrflow {stage.replace('_', '-')} -c CONFIG")
    return result
