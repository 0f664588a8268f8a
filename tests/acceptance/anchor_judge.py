"""Running the gate on a damaged dataset and comparing all that it says with what is wrong."""

from __future__ import annotations

import hashlib
import json
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from anchor_cases import Case
from anchor_toy import MODELS, Toy

from ocrflow.config import RunConfig
from ocrflow.config_file import load_config
from ocrflow.data.fault_kinds import KINDS, ROWS
from ocrflow.errors import DataError
from ocrflow.stages.base import run_stage


@dataclass(frozen=True)
class Verdict:
    """What the stage wrote and raised."""

    faults: list[dict[str, Any]]
    result: dict[str, Any]
    error: DataError | None
    output: Path


def config_of(toy: Toy, output: Path, *overrides: str) -> RunConfig:
    """The configuration of a run on the toy."""
    folders = [f"Global.dataset_dir={toy.root}", f"Global.output={output}"]
    return load_config(MODELS[toy.task], None, [*folders, *overrides])


def judge(toy: Toy, output: Path, *overrides: str) -> Verdict:
    """Run check_dataset; the dataset's files, bytes and times must stay as they are."""
    error = None
    before = _snapshot(toy.root)
    try:
        run_stage("check_dataset", config_of(toy, output, *overrides))
    except DataError as raised:
        error = raised
    assert _snapshot(toy.root) == before, "the dataset was changed"
    text = (output / "check_dataset/faults.jsonl").read_text(encoding="utf-8")
    faults = [json.loads(line) for line in text.split("\n") if line]
    return Verdict(faults, json.loads((output / "check_dataset_result.json").read_text("utf-8")), error, output)


def assert_told(case: Case, toy: Toy, verdict: Verdict) -> None:
    """Exactly the faults of the case, each in its place, and the right end."""
    told = [(item["code"], _relative(item["file"], toy.root), item["line"]) for item in verdict.faults]
    extra = [item for item in told if item in case.told or item[0] not in case.may]
    assert Counter(extra) == Counter(case.told), "\n".join(map(str, verdict.faults))
    assert all(KINDS[code].severity == "warning" for code in case.may)
    for item in verdict.faults:
        _assert_well_formed(item, toy)
    failed = any(KINDS[code].severity == "error" for code, _, _ in case.told)
    assert (verdict.error is not None) == failed
    assert verdict.error is None or verdict.error.exit_code == 1
    assert verdict.result["check_pass"] is not failed and verdict.result["done_flag"] is not failed
    assert verdict.result["faults"] == dict(Counter(code for code, _, _ in told))


def assert_pictures(verdict: Verdict) -> None:
    """A histogram with bars of two colours, and sample pictures that do not overwrite each other."""
    attributes = verdict.result["attributes"]
    histogram = cv2.imread(str(verdict.output / verdict.result["analysis"]["histogram"])).astype(int)
    blue, red = histogram[:, :, 0], histogram[:, :, 2]
    assert min((blue > red + 60).sum(), (red > blue + 60).sum()) > 500
    for split in ("train", "val"):
        assert len(attributes[f"{split}_sample_paths"]) == min(10, attributes[f"{split}_samples"])
    named = [verdict.output / path for split in ("train", "val") for path in attributes[f"{split}_sample_paths"]]
    assert len(set(named)) == len(named)
    assert set(named) == set((verdict.output / "check_dataset/demo_img").iterdir())
    assert all(np.ptp(cv2.imread(str(path))) > 50 for path in named)


def _assert_well_formed(item: dict[str, Any], toy: Toy) -> None:
    assert set(item) >= {"code", "severity", "split", "file", "line", "image", "message", "fix"}
    kind = KINDS[item["code"]]
    assert item["severity"] == kind.severity
    assert item["message"] and item["fix"]
    assert not any(mark in item["fix"] for mark in ("{", "None"))
    file = Path(item["file"]).name
    assert item["split"] == (file.removesuffix(".txt") if file in ("train.txt", "val.txt") else None)
    if item["split"] and item["line"] and (kind.of_row or item["code"] in ROWS) and item["code"] != "list_columns":
        raw = Path(item["file"]).read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")[item["line"] - 1]
        assert item["image"] == raw.split(b"\t")[0].decode()


def _relative(file: str, root: Path) -> str:
    return Path(file).relative_to(root).as_posix()


def _snapshot(root: Path) -> dict[str, tuple[int, int, int, str]]:
    """Kind, size, time and hash of everything below a folder."""
    found = {}
    for path in sorted([root, *root.rglob("*")]) if root.exists() else []:
        status = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(status.st_mode) else ""
        found[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns, content)
    return found
