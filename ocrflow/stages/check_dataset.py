"""The stage check_dataset: the gate that no faulty dataset passes.

It writes `check_dataset_result.json` with PaddleX's keys and `data_version`, `source`, `faults`, `accepted`,
`excluded_rows`, `state`, and into `check_dataset/` the complete `faults.jsonl`, `report.txt`, `histogram.png` and
sample pictures in `demo_img/`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrflow.config import RunConfig
from ocrflow.data.fingerprint import size_of
from ocrflow.data.lists import source_of
from ocrflow.errors import DataError, UsageError
from ocrflow.files import write_text
from ocrflow.models import TEXT_RECOGNITION
from ocrflow.provenance import made_of
from ocrflow.stages.check_again import REPORT, last_result, state_of

if TYPE_CHECKING:
    from ocrflow.data.fault_log import FaultLog, Verdict
    from ocrflow.tasks.examine import Examination

FOLDER = "check_dataset"
DATASET_TYPES = {True: "MSTextRecDataset", False: "TextDetDataset"}


def run(config: RunConfig) -> dict[str, Any]:
    """Check the dataset; the dataset itself is never changed.

    A dataset that passed, and nothing of which changed since, is not looked at again.

    Raises:
        DataError: the data has errors; all of them are in its text by code, and in faults.jsonl one by one.
        UsageError: what the configuration asks for cannot be checked.
    """
    if config.CheckDataset.convert.enable:
        fix = "ocrflow data import --from FORMAT SRC DST, and -o CheckDataset.convert.enable=false"
        raise UsageError("CheckDataset.convert.enable=true: check_dataset does not convert", fix=fix)
    folder = Path(config.Global.output) / FOLDER
    state = state_of(config)
    result = last_result(config, folder, state)
    if result:
        print((folder / REPORT).read_text(encoding="utf-8") + "nothing changed since the last check")
        return result | {"made_of": made_of(config, data_version=result["data_version"])}
    return _checked(config, folder) | {"state": state}


def _checked(config: RunConfig, folder: Path) -> dict[str, Any]:
    from ocrflow.data.fault_log import FaultLog, refuse_policies
    from ocrflow.stages.check_pictures import write_pictures
    from ocrflow.tasks.examine import examine

    refuse_policies(config.CheckDataset.allow)
    shutil.rmtree(folder / "demo_img", ignore_errors=True)
    with FaultLog(folder, config.CheckDataset.allow) as log:
        found = examine(config, log)
    verdict = log.verdict(found.rows)
    verdict.write()
    result = _result(config, found, log, verdict)
    if verdict.errors:
        raise _failed(config, found, log, verdict, result)
    pictures = write_pictures(folder, FOLDER, found)
    result["attributes"] |= pictures.pop("attributes")
    report = _report(config, found, log, verdict)
    write_text(folder / REPORT, report.encode("utf-8", "backslashreplace").decode("utf-8"))
    print(report, end="")
    return result | pictures


def _failed(
    config: RunConfig, found: Examination, log: FaultLog, verdict: Verdict, result: dict[str, Any]
) -> DataError:
    where = found.root or config.Global.dataset_dir
    lines = [f"{where}: {log.tally.summary()}", log.tally.table(), *verdict.over]
    error = DataError("\n".join([*lines, f"all of them: {log.folder / 'faults.jsonl'}"]))
    error.result = result  # type: ignore[attr-defined]
    return error


def _result(config: RunConfig, found: Examination, log: FaultLog, verdict: Verdict) -> dict[str, Any]:
    root = found.root or Path(config.Global.dataset_dir)
    size = size_of(found.files)
    return {
        "check_pass": not verdict.errors,
        "attributes": {f"{split}_samples": rows for split, rows in found.rows.items()},
        "dataset_path": root.resolve().name,
        "show_type": "image",
        "dataset_type": DATASET_TYPES[config.task == TEXT_RECOGNITION],
        "data_version": found.data_version,
        "source": source_of(root) | {"files": size.files, "bytes": size.bytes},
        "faults": log.tally.ordered(),
        "accepted": verdict.accepted,
        "excluded_rows": verdict.excluded_rows,
        "made_of": made_of(config, data_version=found.data_version),
    }


def _report(config: RunConfig, found: Examination, log: FaultLog, verdict: Verdict) -> str:
    """What is told of a dataset that passes."""
    assert found.check
    lines = []
    if found.root != Path(config.Global.dataset_dir):
        lines.append(f"train.txt found in {found.root}")
    if log.tally.counts:
        lines.append(log.tally.table())
    for code, count in verdict.accepted.items():
        lines.append(f"accepted by CheckDataset.allow: {code} in {count} {'row' if count == 1 else 'rows'}")
    if verdict.accepted:
        lines.append(f"left out of training by name: {log.folder / 'excluded.jsonl'}")
    lines.append("Check dataset passed !")
    rows = " + ".join(f"{count} {split}" for split, count in found.rows.items())
    warnings = log.tally.summary().partition(", ")[2]
    version = f"data version {found.data_version}"
    lines.append(f"{rows} rows, {found.check.summary()}, {verdict.errors} errors, {warnings}, {version}")
    return "\n".join(lines) + "\n"
