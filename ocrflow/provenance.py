"""What made a result: the commit, the data, the lists, the dictionary and the configuration."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

from ocrflow.config import RunConfig


def git_commit() -> str | None:
    """Hash of the checked-out commit with '+dirty' when tracked files differ from it; None outside a repository."""
    try:
        describe = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+dirty"]
        return subprocess.run(describe, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def dvc_hash(dataset_dir: Path) -> str | None:
    """The md5 under which DVC tracks `dataset_dir` or a folder above it (`NAME.dvc` beside NAME), or None."""
    path = dataset_dir.resolve()
    for folder in (path, *path.parents[:-1]):
        dvc_file = folder.with_name(f"{folder.name}.dvc")
        if dvc_file.is_file():
            outs = yaml.safe_load(dvc_file.read_text(encoding="utf-8")).get("outs", [])
            return next((out["md5"] for out in outs if out.get("path") == folder.name), None)
    return None


def config_hash(config: RunConfig) -> str:
    """Hex SHA-256 of the configuration's values."""
    values = json.dumps(config.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(values.encode()).hexdigest()


def made_of(config: RunConfig, **parts: Any) -> dict[str, Any]:
    """The record that goes into a result: commit, DVC hash and configuration, and the `parts` the stage adds."""
    return {
        "git_commit": git_commit(),
        "dvc_hash": dvc_hash(Path(config.Global.dataset_dir)),
        "config_sha256": config_hash(config),
        **parts,
    }
