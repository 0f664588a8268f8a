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
from ocrflow.files import write_failed

GENERATOR_KEYS = {"task", "style", "n", "seed", "val_percent"}


def bring(dvc_file: str) -> None:
    """Make the tracked folder be there; one that is there stays as it is, also when it differs.

    Raises:
        UsageError: the .dvc file is missing or damaged, or names neither a remote nor a generator.
        OutsideError: the remote failed, or the generator made other bytes than those that are tracked.
    """
    tracked = Path(dvc_file)
    if not tracked.is_file():
        raise UsageError(f"{tracked}: no such file", fix="run this in the project's folder")
    folder, md5, generators = _content(tracked)
    if folder.exists():
        state = "is in place" if data_version(folder) == md5 else f"differs from {tracked} and is used as it is"
        print(f"{folder}: {state}")
    elif remote := default_remote(tracked.parent):
        pull(tracked, remote, folder)
    else:
        generate(folder, generators, md5)


def _content(tracked: Path) -> tuple[Path, str, list[dict[str, Any]]]:
    """The tracked folder, its hash and the generators that make it."""
    try:
        content = yaml.safe_load(tracked.read_text(encoding="utf-8"))
        out = content["outs"][0]
        folder, md5 = tracked.parent / out["path"], str(out["md5"])
        generators = list((content.get("meta") or {}).get("generators") or [])
        wrong = [made for made in generators if set(made) != GENERATOR_KEYS]
    except (OSError, ValueError, TypeError, LookupError, AttributeError, yaml.YAMLError) as error:
        raise UsageError(f"{tracked}: not a file of dvc add: {error}", fix=f"git checkout {tracked}") from error
    if not md5.endswith(".dir"):
        raise UsageError(f"{tracked}: tracks the file {folder}, expected a folder", fix=f"dvc pull {tracked}")
    if wrong:
        expected = ", ".join(sorted(GENERATOR_KEYS))
        raise UsageError(f"{tracked}: meta.generators: expected the keys {expected}, got {wrong[0]}", fix="mend it")
    return folder, md5, generators


def default_remote(project: Path) -> str | None:
    """The name of the default DVC remote for files in `project`, or None.

    Raises:
        OutsideError: DVC cannot say.
    """
    found = _dvc(project, "config", "core.remote")
    if found.returncode:
        reason = found.stderr.strip().splitlines() or ["no message"]
        raise OutsideError(f"{project.resolve()}: dvc config failed: {reason[0]}", fix="mend .dvc/config: dvc doctor")
    return found.stdout.strip() or None


def pull(tracked: Path, remote: str, folder: Path) -> None:
    """`dvc pull` of one .dvc file, which makes `folder`; a pull that is broken off leaves nothing there."""
    print(f"{tracked}: pulling from the DVC remote {remote}", flush=True)
    try:
        done = _dvc(tracked.parent, "pull", tracked.name)
        if done.returncode:
            fix = f"dvc pull {tracked} -v; or dvc config --unset core.remote to use the generator"
            raise OutsideError(f"{tracked}: dvc pull failed: {done.stderr.strip()}", fix=fix)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _dvc(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dvc", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def generate(folder: Path, generators: list[dict[str, Any]], md5: str) -> None:
    """Make a new `folder` with the generators of a .dvc file, if the result has the hash `md5`."""
    from ocrflow.data.synth.command import synth

    if not generators:
        raise UsageError(f"{folder} is missing, and there is neither a DVC remote nor a generator", fix="dvc pull")
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for made in generators:
            task = made["task"]
            synth(str(partial / task), task, made["style"], made["n"], made["seed"], made["val_percent"])
        found = data_version(partial)
        if found != md5:
            fix = "make setup (the bytes depend on the pinned packages), then again"
            raise OutsideError(f"{folder}: the generator made {found}, tracked is {md5}", fix=fix)
        partial.rename(folder)
    except OSError as error:
        raise write_failed(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    print(f"{folder}: generated, the hash is the tracked one ({md5})")
