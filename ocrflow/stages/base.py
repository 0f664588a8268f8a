"""What every stage has in common: a result file, also for a failure, and a line when it is done.

A stage is a function `run(config) -> dict` that reads files, writes files and returns its result. The doors (CLI, DVC,
KFP) call it through `run_stage`, which writes `<Global.output>/<stage>_result.json` as PaddleX does.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import OcrflowError, UsageError
from ocrflow.files import read_json, require_writable, write_json

TASK_STAGES = ("check_dataset", "expectations", "split", "train", "evaluate", "export", "report", "register")
STAGES = (*TASK_STAGES, "predict", "ocr")


def result_path(config: RunConfig, stage: str) -> Path:
    """Where the result of `stage` is."""
    return Path(config.Global.output) / f"{stage}_result.json"


def run_stage(stage: str, config: RunConfig) -> dict[str, Any]:
    """Run one stage and write its result file.

    Raises:
        UsageError: the results would be written into the dataset; nothing is.
        OutsideError: nothing can be written in the output folder.
        BaseException: what ended the stage, after `{"done_flag": false, "err_type", "err_msg"}` was written.
    """
    _refuse_output_in_dataset(config)
    require_writable(Path(config.Global.output))
    module = importlib.import_module(f"ocrflow.stages.{stage}")
    try:
        result = {"done_flag": True, **module.run(config)}
    except BaseException as error:
        _write_failure(config, stage, error)
        raise
    write_json(result_path(config, stage), result)
    return result


def _refuse_output_in_dataset(config: RunConfig) -> None:
    """Raise UsageError if a folder that stages write is the dataset or lies in it: its data version would change."""
    dataset = os.path.realpath(config.Global.dataset_dir)
    folders = {"Global.output": config.Global.output, "Export.save_dir": config.Export.save_dir}
    for key, folder in folders.items():
        if folder and Path(os.path.realpath(folder)).is_relative_to(dataset):
            message = f"{key}={folder} lies in the dataset {config.Global.dataset_dir}, which is never changed"
            raise UsageError(message, fix=f"-o {key}=DIR with a folder outside of the dataset")


def _write_failure(config: RunConfig, stage: str, error: BaseException) -> None:
    failure = {"done_flag": False, "err_type": type(error).__name__, "err_msg": str(error)}
    with contextlib.suppress(OcrflowError):  # the disk may be what failed; the error that is raised says so
        write_json(result_path(config, stage), failure | getattr(error, "result", {}))


def result_of(config: RunConfig, stage: str) -> dict[str, Any]:
    """The result of an earlier stage.

    Raises:
        UsageError: that stage did not run, or failed, or its file is damaged.
    """
    path = result_path(config, stage)
    fix = f"ocrflow {stage.replace('_', '-')} -c CONFIG"
    try:
        result = read_json(path)
    except FileNotFoundError:
        raise UsageError(f"{path}: the stage {stage} has not run", fix=fix) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: not a result of the stage {stage}: {error}", fix=fix) from error
    if not result.get("done_flag"):
        reason = str(result.get("err_msg", "it did not end")).partition("\n")[0]
        raise UsageError(f"{path}: the stage {stage} failed: {reason}", fix=fix)
    return result
