"""The stage check_dataset: the gate that no faulty dataset passes.

It writes `check_dataset_result.json` with PaddleX's keys and `data_version`, `source`, `faults`, and into
`check_dataset/` the complete `faults.jsonl`, `histogram.png` and sample pictures in `demo_img/`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.faults import counts, errors_of, records, summary, table
from ocrflow.data.fingerprint import size_of
from ocrflow.data.lists import source_of
from ocrflow.errors import DataError, UsageError
from ocrflow.files import write_jsonl
from ocrflow.models import TEXT_RECOGNITION
from ocrflow.provenance import made_of
from ocrflow.tasks.text_recognition.examine import DATASET_TYPE, Examination, examine

FOLDER = "check_dataset"


def run(config: RunConfig) -> dict[str, Any]:
    """Check the dataset; the dataset itself is never changed.

    Raises:
        DataError: the data has errors; all of them are in its text by code, and in faults.jsonl one by one.
        UsageError: what the configuration asks for cannot be checked.
    """
    _refuse(config)
    folder = Path(config.Global.output) / FOLDER
    shutil.rmtree(folder / "demo_img", ignore_errors=True)
    found = examine(config)
    write_jsonl(folder / "faults.jsonl", records(found.faults))
    if errors_of(found.faults):
        raise _failed(config, found, folder)
    pictures = _pictures(found, folder)
    _tell(config, found)
    return _result(config, found, passed=True) | pictures


def _refuse(config: RunConfig) -> None:
    """Raise UsageError for what this stage does not do."""
    if config.task != TEXT_RECOGNITION:
        raise UsageError(
            f"Global.model={config.Global.model}: check_dataset knows text recognition only",
            fix="-o Global.model=PP-OCRv6_tiny_rec",
        )
    if config.CheckDataset.convert.enable:
        fix = "-o CheckDataset.convert.enable=false"
        raise UsageError("CheckDataset.convert.enable=true: check_dataset does not convert", fix=fix)


def _failed(config: RunConfig, found: Examination, folder: Path) -> DataError:
    where = found.root or config.Global.dataset_dir
    complete = folder / "faults.jsonl"
    error = DataError(f"{where}: {summary(found.faults)}\n{table(found.faults)}\nall of them: {complete}")
    error.result = _result(config, found, passed=False)  # type: ignore[attr-defined]
    return error


def _result(config: RunConfig, found: Examination, passed: bool) -> dict[str, Any]:
    root = found.root or Path(config.Global.dataset_dir)
    size = size_of(found.files)
    return {
        "check_pass": passed,
        "attributes": {f"{item.split}_samples": len(item.rows) for item in found.lists},
        "dataset_path": root.resolve().name,
        "show_type": "image",
        "dataset_type": DATASET_TYPE,
        "data_version": found.data_version,
        "source": source_of(root) | {"files": size.files, "bytes": size.bytes},
        "faults": counts(found.faults),
        "made_of": made_of(config, data_version=found.data_version),
    }


def _pictures(found: Examination, folder: Path) -> dict[str, Any]:
    """Draw what a person looks at; returns PaddleX's keys `attributes` and `analysis`."""
    from ocrflow.report.histogram import write_histogram
    from ocrflow.report.samples import write_samples

    assert found.root is not None
    attributes: dict[str, Any] = {}
    for item in found.lists:
        names = write_samples(folder / "demo_img", found.root, item)
        attributes[f"{item.split}_samples"] = len(item.rows)
        attributes[f"{item.split}_sample_paths"] = [f"{FOLDER}/demo_img/{name}" for name in names]
    labels = {item.split: [row.text for row in item.rows] for item in found.lists}
    write_histogram(folder / "histogram.png", labels, found.dictionary)
    return {"attributes": attributes, "analysis": {"histogram": f"{FOLDER}/histogram.png"}}


def _tell(config: RunConfig, found: Examination) -> None:
    rows = " + ".join(f"{len(item.rows)} {item.split}" for item in found.lists)
    if found.root != Path(config.Global.dataset_dir):
        print(f"train.txt found in {found.root}")
    if found.faults:
        print(table(found.faults))
    print("Check dataset passed !")
    warnings = summary(found.faults).partition(", ")[2]
    characters = len(found.dictionary)
    print(f"{rows} rows, {characters} characters, 0 errors, {warnings}, data version {found.data_version}")
