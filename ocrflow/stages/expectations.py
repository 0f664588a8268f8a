"""The stage expectations: the rows of a checked dataset meet a suite of expectations, or the run ends here.

check_dataset finds what is wrong with single rows and files; here the user says what good rows are. It writes
`expectations_result.json`, and into `expectations/` the page `index.html` and Great Expectations' own
`validation_result.json`. The dataset is never changed.
"""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.fingerprint import data_version
from ocrflow.data.lists import dataset_root, recorded_version, source_of
from ocrflow.data.row_table import COLUMNS, read_row_table
from ocrflow.errors import DataError, UsageError
from ocrflow.expectations.build import build
from ocrflow.expectations.judge import Outcome, judge
from ocrflow.expectations.page import Report, write_page
from ocrflow.expectations.records import described, record, statistics, unmet
from ocrflow.expectations.suite import Suite, load_suite
from ocrflow.expectations.suite_file import PAGE
from ocrflow.files import write_json
from ocrflow.models import TEXT_RECOGNITION
from ocrflow.provenance import made_of
from ocrflow.stages.base import result_of, result_path

FOLDER = "expectations"


def run(config: RunConfig) -> dict[str, Any]:
    """Judge the rows and write the page.

    Raises:
        DataError: an expectation of severity error is not met; all of them are in its text, the page is complete.
        UsageError: the suite is wrong, or check_dataset did not pass this dataset.
    """
    user_file = config.CheckDataset.expectations
    suite = load_suite(config.task, Path(user_file) if user_file else None)
    root = dataset_root(Path(config.Global.dataset_dir))
    version = _checked_version(config, root)
    folder = Path(config.Global.output) / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    report, validation = _judged(config, root, suite)
    write_json(folder / "validation_result.json", validation)
    write_page(folder / "index.html", report, version)
    result = _result(config, report, version)
    if unmet(report.outcomes, "error"):
        raise _failed(report, folder, result)
    _tell(report, folder)
    return result


def _checked_version(config: RunConfig, root: Path) -> str:
    """The data version that check_dataset passed; UsageError unless the dataset still is that one."""
    result = result_of(config, "check_dataset")
    path, fix = result_path(config, "check_dataset"), "ocrflow check-dataset -c CONFIG"
    if not result.get("check_pass"):
        raise UsageError(f"{path}: the dataset did not pass check_dataset", fix=fix)
    source = result.get("source", {})
    changed = [key.replace("_", ".") for key, sha256 in source_of(root).items() if source.get(key) != sha256]
    if changed:
        raise UsageError(f"{path}: {', '.join(changed)} of {root} is not what check_dataset saw", fix=fix)
    version = recorded_version(config, root) or data_version(Path(config.Global.dataset_dir))
    if version != result.get("data_version"):
        raise UsageError(f"{path}: a file of {config.Global.dataset_dir} changed since check_dataset", fix=fix)
    return version


def _judged(config: RunConfig, root: Path, suite: Suite) -> tuple[Report, dict[str, Any]]:
    """What became of every expectation, and Great Expectations' own result."""
    task = importlib.import_module(f"ocrflow.tasks.{config.task}.columns")
    columns = COLUMNS | task.COLUMNS
    pairs = list(zip(suite.entries, build(suite.entries, columns), strict=True))
    divided = config.CheckDataset.split.enable
    skipped = [entry for entry in suite.entries if divided and entry.skip_if_divided]
    active = [pair for pair in pairs if pair[0] not in skipped]
    table = read_row_table(config, root, task.columns_of_row(config, root))
    outcomes, validation = judge(table.frame, [entry for entry, _ in active], [item for _, item in active])
    dataset, is_text = config.Global.dataset_dir, config.task == TEXT_RECOGNITION
    return Report(dataset, config.task, table, columns, is_text, outcomes, skipped, suite.files), validation


def _result(config: RunConfig, report: Report, version: str) -> dict[str, Any]:
    return {
        "success": not unmet(report.outcomes, "error"),
        "statistics": statistics(report.outcomes, len(report.skipped)),
        "expectations": [record(outcome, report.table) for outcome in report.outcomes],
        "skipped": [entry.name for entry in report.skipped],
        "rows": report.table.rows | {"excluded": report.table.excluded},
        "suite": report.files,
        "docs": f"{FOLDER}/index.html",
        "validation": f"{FOLDER}/validation_result.json",
        "data_version": version,
        "made_of": made_of(config, data_version=version),
    }


def _failed(report: Report, folder: Path, result: dict[str, Any]) -> DataError:
    errors, warnings = (unmet(report.outcomes, severity) for severity in ("error", "warning"))
    head = f"{report.table.root}: {len(errors)} of {len(report.outcomes)} expectations are not met"
    head += f", and {_warnings(warnings)}" if warnings else ""
    lines = [described(outcome, report.table) for outcome in (*errors, *warnings)]
    fix = f"correct these rows, or say what you expect in a file of your own: {PAGE}"
    error = DataError("\n".join([head, *lines, f"the page: {folder / 'index.html'}"]), fix=fix)
    error.result = result  # type: ignore[attr-defined]
    return error


def _tell(report: Report, folder: Path) -> None:
    warnings = unmet(report.outcomes, "warning")
    for outcome in warnings:
        print(described(outcome, report.table))
    met = f"{len(report.outcomes) - len(warnings)} of {len(report.outcomes)} expectations met"
    rows = sum(report.table.rows.values())
    print(f"{met} by {rows} rows, {_warnings(warnings)}, the page: {folder / 'index.html'}")


def _warnings(outcomes: list[Outcome]) -> str:
    return "1 warning" if len(outcomes) == 1 else f"{len(outcomes)} warnings"
