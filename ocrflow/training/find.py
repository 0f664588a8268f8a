"""`Train.resume_path: auto`: the newest complete checkpoint of an output folder."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from ocrflow.files import read_json, write_json
from ocrflow.training.checkpoint import LATEST
from ocrflow.training.folders import fault_of, mend, record_of

AUTO = "auto"
PERIODIC = "iter_epoch_"


@dataclass(frozen=True)
class Resume:
    """Where a training goes on from: `path` is None for a new one. `lines` say what was looked at."""

    path: str | None
    lines: list[str] = field(default_factory=list)


def resolve(resume_path: str | None, output: Path) -> Resume:
    """What `Train.resume_path` means. Only one process may do this: it also tidies up after a killed one."""
    mend(output)
    if resume_path != AUTO:
        return Resume(resume_path)
    lines: list[str] = []
    for folder in _newest_first(output):
        fault = fault_of(folder) or _of_another_run(folder, output)
        if not fault:
            return Resume(str(folder / f"{folder.name}.pdparams"), lines)
        lines.append(f"Train.resume_path=auto: skipped {folder}: {fault}")
    return Resume(None, [*lines, f"Train.resume_path=auto: nothing to go on from in {output}, starting anew"])


def periodic(output: Path) -> list[Path]:
    """The folders `iter_epoch_N`, highest epoch first."""
    found = [path for path in output.glob(f"{PERIODIC}*") if path.name.removeprefix(PERIODIC).isdecimal()]
    return sorted(found, key=lambda path: int(path.name.removeprefix(PERIODIC)), reverse=True)


def _newest_first(output: Path) -> list[Path]:
    folders = [folder for folder in (output / LATEST, *periodic(output)) if folder.is_dir()]
    return sorted(folders, key=lambda folder: record_of(folder).get("global_step", math.inf), reverse=True)


def _of_another_run(folder: Path, output: Path) -> str:
    run = marked_run(output)
    return "" if not run or record_of(folder).get("run") == run else "of an earlier training in this folder"


def marked_run(output: Path) -> str:
    """The training that the folder's checkpoints are of; empty when nothing says."""
    try:
        return str(read_json(_marker(output))["run"])
    except (OSError, ValueError, KeyError):
        return ""


def mark_run(output: Path, run: str) -> None:
    """From now on `auto` goes on from this training's checkpoints alone.

    Raises:
        OutsideError: the disk is full or not writable.
    """
    write_json(_marker(output), {"run": run})


def _marker(output: Path) -> Path:
    return output / "train" / "run.json"


def new_run() -> str:
    """A name that no other training has."""
    return uuid.uuid4().hex
