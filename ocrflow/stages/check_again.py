"""Answering a check of an unchanged dataset from the last one's result."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import ocrflow
from ocrflow.config import RunConfig
from ocrflow.data.folder_state import folder_state
from ocrflow.files import read_json

REPORT = "report.txt"


def state_of(config: RunConfig) -> str | None:
    """A hash over all that decides a check: the dataset's files, the settings, and ocrflow's own sources."""
    states = [folder_state(config.Global.dataset_dir), folder_state(str(Path(ocrflow.__file__).parent))]
    if None in states:
        return None
    dataset_dir = str(Path(config.Global.dataset_dir).resolve())
    settings = [config.Global.model, dataset_dir, config.Train.base_width, config.CheckDataset.model_dump()]
    return hashlib.sha256(json.dumps([states, settings]).encode()).hexdigest()


def last_result(config: RunConfig, folder: Path, state: str | None) -> dict[str, Any] | None:
    """The result of the last check in this output folder if it holds still and all its files are there, else None."""
    try:
        result = read_json(Path(config.Global.output) / "check_dataset_result.json")
    except (OSError, ValueError):
        return None
    if state is None or result.get("state") != state or not result.get("done_flag"):
        return None
    attributes = result.get("attributes", {})
    samples = [name for key, names in attributes.items() if key.endswith("_paths") for name in names]
    names = [result["analysis"]["histogram"], *samples, *(f"{folder.name}/{name}" for name in ("faults.jsonl", REPORT))]
    if any(result.get("excluded_rows", {}).values()):
        names.append(f"{folder.name}/excluded.jsonl")
    return result if all((folder.parent / name).is_file() for name in names) else None
