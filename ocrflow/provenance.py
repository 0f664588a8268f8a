"""What made a result: the commit, the data, the lists, the dictionary and the configuration."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

from ocrflow.config import RunConfig
from ocrflow.data.fingerprint import data_version


def git_commit() -> str | None:
    """Hash of the checked-out commit, with '+dirty' when tracked files differ from it; None outside a repository.

    dvc.lock does not count: `dvc repro` rewrites it while it runs.
    """
    try:
        head = _git("rev-parse", "--verify", "HEAD")
        changed = _git("diff", "--quiet", "HEAD", "--", ":(top)", ":(top,exclude,glob)**/dvc.lock")
    except OSError:
        return None
    if head.returncode:
        return None
    return head.stdout.strip() + ("+dirty" if changed.returncode else "")


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)


def dvc_hash(dataset_dir: Path) -> str | None:
    """The md5 under which DVC tracks `dataset_dir` or a folder above it (`NAME.dvc` beside NAME).

    None when DVC does not track it, or when the folder's content is not what is tracked.
    """
    path = dataset_dir.resolve()
    for folder in (path, *path.parents):
        dvc_file = folder.parent / f"{folder.name}.dvc"
        if dvc_file.is_file():
            tracked = _tracked_md5(dvc_file, folder.name)
            return tracked if tracked and folder.is_dir() and data_version(folder) == tracked else None
    return None


def _tracked_md5(dvc_file: Path, name: str) -> str | None:
    try:
        outs = yaml.safe_load(dvc_file.read_text(encoding="utf-8"))["outs"]
        return next((out.get("md5") for out in outs if out.get("path") == name), None)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError):
        return None  # not a file of DVC's


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
