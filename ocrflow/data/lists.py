"""The lists that training, evaluation and export use, and whether recorded results still belong to the dataset."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.data.dictionary import read_dictionary
from ocrflow.data.fingerprint import data_version, files_under, size_of
from ocrflow.data.labels import Row, read_rows
from ocrflow.data.root import DICT_NAME, LIST_OF_SPLIT, dataset_root
from ocrflow.data.split import split_sha256
from ocrflow.data.split_in_place import refuse_unfinished
from ocrflow.errors import UsageError
from ocrflow.files import read_json, sha256_of
from ocrflow.models import TEXT_RECOGNITION

__all__ = ["Lists", "dataset_root", "excluded_sha256", "lists_of", "recorded", "recorded_version", "source_of"]
_SETTINGS = ("train_percent", "val_percent", "seed", "in_place", "group_pattern", "near_duplicates", "stratify")


@dataclass(frozen=True)
class Lists:
    """Rows, dictionary and hashes of one dataset.

    Attributes:
        root: folder that the rows' image paths are relative to.
        train, val: the labelled rows.
        dictionary: characters in class order, without the CTC blank and the space; none of text detection.
        dict_file, train_file, val_file: where they were read; text detection has no dictionary file.
        split_sha256: hash over both lists.
        dict_sha256: hash of the dictionary file, None without one.
        data_version: hash over all files of the dataset, as DVC computes it.
    """

    root: Path
    train: list[Row]
    val: list[Row]
    dictionary: list[str]
    dict_file: Path | None
    train_file: Path
    val_file: Path
    split_sha256: str
    dict_sha256: str | None
    data_version: str

    @property
    def hashes(self) -> dict[str, str | None]:
        """What a result says of the data that made it: `data_version`, `split_sha256`, `dict_sha256`."""
        names = ("data_version", "split_sha256", "dict_sha256")
        return {name: getattr(self, name) for name in names}


def lists_of(config: RunConfig) -> Lists:
    """The lists of the stage split when it ran in this output folder, else those of the dataset.

    Raises:
        DataError: a list or a recogniser's dictionary is missing or faulty.
        UsageError: the split was asked for and did not run, or is older than the dataset's lists or the configuration.
    """
    dataset_dir = Path(config.Global.dataset_dir)
    root = dataset_root(dataset_dir)
    refuse_unfinished(root)
    train_file, val_file = _split_files(config, root) or (root / LIST_OF_SPLIT["train"], root / LIST_OF_SPLIT["val"])
    train, val = read_rows(train_file), read_rows(val_file)
    dict_file = root / DICT_NAME if config.task == TEXT_RECOGNITION else None
    return Lists(
        root=root,
        train=train,
        val=val,
        dictionary=read_dictionary(dict_file) if dict_file else [],
        dict_file=dict_file,
        train_file=train_file,
        val_file=val_file,
        split_sha256=split_sha256(train_file, val_file),
        dict_sha256=sha256_of(dict_file) if dict_file else None,
        data_version=recorded_version(config, root) or data_version(dataset_dir),
    )


def source_of(root: Path) -> dict[str, str | None]:
    """Hex SHA-256 of the dataset's lists and dictionary; None for a file that cannot be read."""
    names = {"train_txt": LIST_OF_SPLIT["train"], "val_txt": LIST_OF_SPLIT["val"], "dict_txt": DICT_NAME}
    return {key: _sha256_or_none(root / name) for key, name in names.items()}


def excluded_sha256(config: RunConfig) -> str | None:
    """Hex SHA-256 of the file that names the rows check_dataset left out; None when there are none."""
    return _sha256_or_none(Path(config.Global.output) / "check_dataset" / "excluded.jsonl")


def _sha256_or_none(path: Path) -> str | None:
    try:
        return sha256_of(path) if path.is_file() else None
    except OSError:
        return None


def recorded(config: RunConfig, stage: str) -> dict[str, Any]:
    """The result that `stage` left in the output folder, also of a failure; empty when there is none to read."""
    try:
        return read_json(Path(config.Global.output) / f"{stage}_result.json")
    except (OSError, ValueError):
        return {}


def recorded_version(config: RunConfig, root: Path) -> str | None:
    """The data version that check_dataset found, if no file of the dataset changed since; else None."""
    result = recorded(config, "check_dataset")
    size = size_of(files_under(Path(config.Global.dataset_dir)))
    now = source_of(root) | {"files": size.files, "bytes": size.bytes}
    if not result.get("data_version") or any(result.get("source", {}).get(key) != now[key] for key in now):
        return None
    written_s = (Path(config.Global.output) / "check_dataset_result.json").stat().st_mtime
    return result["data_version"] if size.newest_s <= written_s else None


def _split_files(config: RunConfig, root: Path) -> tuple[Path, Path] | None:
    """The lists of the stage split, or None when the dataset's own are to be used."""
    wanted = config.CheckDataset.split
    result = recorded(config, "split")
    if not result and not wanted.enable:
        _refuse_excluded(config)
        return None
    output = Path(config.Global.output)
    folder = root if wanted.enable and wanted.in_place else output / "split"
    files = folder / LIST_OF_SPLIT["train"], folder / LIST_OF_SPLIT["val"]
    reason = _why_stale(config, root, result, files)
    if reason:
        command = f"ocrflow split -c CONFIG -o Global.output={shlex.quote(config.Global.output)}"
        raise UsageError(f"{output / 'split_result.json'}: {reason}", fix=command)
    return files


def _refuse_excluded(config: RunConfig) -> None:
    """Raise UsageError when the check left rows out and no split has written lists without them."""
    excluded = recorded(config, "check_dataset").get("excluded_rows") or {}
    if any(excluded.values()):
        message = f"{sum(excluded.values())} rows are left out by CheckDataset.allow, but split has not run"
        raise UsageError(f"{config.Global.output}: {message}", fix="ocrflow split -c CONFIG")


def _why_stale(config: RunConfig, root: Path, result: dict[str, Any], files: tuple[Path, Path]) -> str:
    """Why the recorded split cannot be used, or an empty string."""
    wanted = config.CheckDataset.split
    keys = ("enabled", *_SETTINGS) if wanted.enable else ("enabled",)
    settings = {"enabled": wanted.enable, **wanted.model_dump()}
    if not result.get("done_flag"):
        return "the stage split failed" if result else "CheckDataset.split.enable is true, but split has not run"
    source, now = result.get("source", {}), source_of(root)
    changed = [key.replace("_", ".") for key in ("train_txt", "val_txt") if source.get(key) != now[key]]
    if changed:
        return f"{' and '.join(changed)} of {root} changed since the split"
    other = [key for key in keys if result.get(key) != settings[key]]
    if other:
        return f"the split was made with another CheckDataset.split: {', '.join(other)}"
    if result.get("excluded_sha256") != excluded_sha256(config):
        return "check_dataset has left out other rows since the split"
    if not all(file.is_file() for file in files) or split_sha256(*files) != result.get("split_sha256"):
        return "its lists are missing or were changed by hand"
    return ""
