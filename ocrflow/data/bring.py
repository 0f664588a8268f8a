"""`ocrflow data bring`: put the data that a .dvc file tracks in place.

From the DVC remote where one is configured, else from the generator that the file's `meta` names:

    meta:
      generators:
        - {task: text_recognition, style: plates, n: 3000, seed: 7, val_percent: 15}
    outs:
      - {path: data, md5: ...}
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from ocrflow.data.fingerprint import data_version
from ocrflow.errors import OutsideError, UsageError


def bring(dvc_file: str) -> None:
    """Make the tracked folder be there; one that is there stays as it is, also when it differs.

    Raises:
        UsageError: the .dvc file is missing or names neither a remote nor a generator.
        OutsideError: the remote failed, or the generator made other bytes than those that are tracked.
    """
    tracked = Path(dvc_file)
    if not tracked.is_file():
        raise UsageError(f"{tracked}: no such file", fix="run this in the project's folder")
    content = yaml.safe_load(tracked.read_text(encoding="utf-8"))
    out = content["outs"][0]
    folder = tracked.parent / out["path"]
    if folder.exists():
        state = "is in place" if data_version(folder) == out["md5"] else f"differs from {tracked} and is used as it is"
        print(f"{folder}: {state}")
    elif remote := default_remote():
        pull(tracked, remote)
    else:
        generate(folder, content, out["md5"])


def default_remote() -> str | None:
    """The name of DVC's default remote, or None."""
    found = _dvc("config", "core.remote")
    return found.stdout.strip() or None


def pull(tracked: Path, remote: str) -> None:
    """`dvc pull` of one .dvc file."""
    print(f"{tracked}: pulling from the DVC remote {remote}", flush=True)
    done = _dvc("pull", str(tracked))
    if done.returncode:
        fix = f"dvc pull {tracked} -v; or dvc config --unset core.remote to use the generator"
        raise OutsideError(f"{tracked}: dvc pull failed: {done.stderr.strip()}", fix=fix)


def _dvc(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "dvc", *arguments], capture_output=True, text=True, check=False)


def generate(folder: Path, content: dict[str, Any], md5: str) -> None:
    """Run the generators of a .dvc file's `meta` and compare the result with its hash."""
    from ocrflow.data.synth.command import synth

    generators = (content.get("meta") or {}).get("generators")
    if not generators:
        raise UsageError(f"{folder} is missing, and there is neither a DVC remote nor a generator", fix="dvc pull")
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for made in generators:
        synth(str(partial / made["task"]), made["style"], made["n"], made["seed"], made["val_percent"])
    found = data_version(partial)
    if found != md5:
        fix = "make setup (the bytes depend on the pinned packages), then again"
        raise OutsideError(f"{partial}: the generator made {found}, tracked is {md5}", fix=fix)
    partial.rename(folder)
    print(f"{folder}: generated, the hash is the tracked one ({md5})")
