"""What the split reads: the lists that check_dataset saw, without the rows it left out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.fault_log import read_excluded
from ocrflow.data.faults import refuse_errors
from ocrflow.data.labels import Row, scan_lists
from ocrflow.data.lists import recorded, source_of
from ocrflow.errors import DataError, UsageError

_LISTS = ("train_txt", "val_txt")


@dataclass(frozen=True)
class SplitSource:
    """The rows to be split.

    Attributes:
        train, val: rows of the dataset's lists.
        excluded_rows: how many more there were.
        checked: hashes of the lists and the dictionary as the check saw them.
    """

    train: list[Row]
    val: list[Row]
    excluded_rows: int
    checked: dict[str, str | None]


def read_source(config: RunConfig, root: Path) -> SplitSource:
    """Read the dataset's lists.

    Raises:
        UsageError: check_dataset refused this dataset or saw another one.
        DataError: a list is missing or faulty, or has no row that is not left out.
    """
    written = _own_writing(config, root)
    if written:
        left_out, excluded, checked = set(), int(written["report"]["excluded_rows"]), written["checked"]
    else:
        _refuse_unchecked(config, root)
        left_out, checked = read_excluded(Path(config.Global.output)), source_of(root)
        excluded = len(left_out)
    lists, faults = scan_lists(root, will_split=config.CheckDataset.split.enable)
    refuse_errors(item for item in faults if (item.split, item.line) not in left_out)
    train, val = ([row for row in rows.rows if (rows.split, row.line) not in left_out] for rows in lists)
    if not (train or val) or not ((train and val) or config.CheckDataset.split.enable):
        message = f"{len(train)} train and {len(val)} val rows are left, check_dataset excluded {excluded}"
        raise DataError(f"{root}: {message}", fix="lower the shares in CheckDataset.allow, and mend the rows")
    return SplitSource(train, val, excluded, checked)


def _own_writing(config: RunConfig, root: Path) -> dict[str, Any]:
    """The result of the last split in place if the lists are as it left them and what it read was checked, else {}."""
    result, now = recorded(config, "split"), source_of(root)
    if not result.get("done_flag") or not result.get("in_place") or not result.get("enabled"):
        return {}
    check = recorded(config, "check_dataset")
    if check and (not check.get("check_pass") or _changed(check.get("source", {}), result["checked"])):
        return {}
    return {} if _changed(result["source"], now) else result


def _changed(seen: dict[str, Any], now: dict[str, str | None]) -> list[str]:
    return [key.replace("_", ".") for key in (*_LISTS, "dict_txt") if seen.get(key) != now.get(key)]


def _refuse_unchecked(config: RunConfig, root: Path) -> None:
    """Raise UsageError when check_dataset left a result here that does not say yes to this dataset."""
    result = recorded(config, "check_dataset")
    if not result:
        return
    path = Path(config.Global.output) / "check_dataset_result.json"
    fix = "ocrflow check-dataset -c CONFIG"
    if not result.get("check_pass"):
        raise UsageError(f"{path}: the dataset did not pass check_dataset", fix=fix)
    changed = _changed(result.get("source", {}), source_of(root))
    if changed:
        raise UsageError(f"{path}: {', '.join(changed)} of {root} is not what check_dataset saw", fix=fix)
