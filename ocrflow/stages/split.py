"""The stage split: the train and val lists that all later stages use, written to the output folder.

Without `CheckDataset.split.enable` they are the dataset's lists with normalised line ends; with it the rows of both
are pooled and divided anew (docs/split.md). Rows that check_dataset excluded are left out. The dataset is never changed
unless `CheckDataset.split.in_place` asks for PaddleX's form; PaddleX always splits in place, and without a seed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig, SplitSection
from ocrflow.data.fingerprint import data_version
from ocrflow.data.groups import Groups, compiled, group_rows
from ocrflow.data.labels import Row, rows_text
from ocrflow.data.lists import dataset_root, excluded_sha256, recorded_version, source_of
from ocrflow.data.root import DICT_NAME, LIST_OF_SPLIT
from ocrflow.data.split import divide, in_train, split_sha256
from ocrflow.data.split_in_place import recover, refuse_unfinished, replace_lists
from ocrflow.data.split_report import content_of, labels_of, told
from ocrflow.data.split_source import SplitSource, read_source
from ocrflow.data.stratify import divide_stratified
from ocrflow.errors import DataError, UsageError
from ocrflow.files import sha256_of, write_text
from ocrflow.provenance import made_of

FOLDER = "split"


def run(config: RunConfig) -> dict[str, Any]:
    """Write split/train.txt and split/val.txt, and in place the dataset's own lists.

    Raises:
        UsageError: check_dataset refused this dataset or saw another one, or the percentages or the pattern are wrong.
        DataError: a list or an image is missing, or one side would have no row.
        OutsideError: the lists cannot be written.
    """
    wanted = config.CheckDataset.split
    if wanted.enable:
        _refuse(wanted)
    root = dataset_root(Path(config.Global.dataset_dir))
    (recover if wanted.enable and wanted.in_place else refuse_unfinished)(root)
    source = read_source(config, root)
    train, val, groups = source.train, source.val, None
    if wanted.enable:
        train, val, groups = _divided(config, root, source)
    result = _written(config, root, train, val) | _reported(config, source, train, val, groups)
    print(told(result))
    return result


def _refuse(wanted: SplitSection) -> None:
    """Raise UsageError for percentages or a pattern that cannot be used."""
    if wanted.group_pattern is not None:
        compiled(wanted.group_pattern)
    if not wanted.train_percent or not wanted.val_percent or wanted.train_percent + wanted.val_percent != 100:
        got = f"got {wanted.train_percent} and {wanted.val_percent}"
        raise UsageError(
            f"CheckDataset.split: expected train_percent and val_percent above 0 that sum to 100, {got}",
            fix="-o CheckDataset.split.train_percent=80 -o CheckDataset.split.val_percent=20",
        )


def _divided(config: RunConfig, root: Path, source: SplitSource) -> tuple[list[Row], list[Row], Groups]:
    """The pooled rows, divided by group."""
    wanted = config.CheckDataset.split
    rows, percent = [*source.train, *source.val], wanted.train_percent or 0
    pattern = None if wanted.group_pattern is None else compiled(wanted.group_pattern)
    groups = group_rows(root, rows, pattern, wanted.near_duplicates)
    if wanted.stratify:
        labels = labels_of(rows, config.task)
        of_train = divide_stratified(groups.keys, groups.of_row, labels, wanted.seed, percent)
    else:
        of_train = [in_train(key, wanted.seed, percent) for key in groups.keys]
    train, val = divide(rows, groups.of_row, of_train)
    if not train or not val:
        message = f"{len(rows)} rows of {groups.images} images in {len(groups.keys)} groups gave"
        fix = "add rows, or try another seed: -o CheckDataset.split.seed=1"
        raise DataError(f"{root}: {message} {len(train)} train and {len(val)} val rows", fix=fix)
    return train, val, groups


def _written(config: RunConfig, root: Path, train: list[Row], val: list[Row]) -> dict[str, Any]:
    """Write the lists; returns what says which they are."""
    wanted, output = config.CheckDataset.split, Path(config.Global.output)
    names = {split: f"{FOLDER}/{name}" for split, name in LIST_OF_SPLIT.items()}
    texts = {"train": rows_text(train), "val": rows_text(val)}
    for split, text in texts.items():
        write_text(output / names[split], text)
    if wanted.enable and wanted.in_place:
        replace_lists(root, {LIST_OF_SPLIT[split]: text for split, text in texts.items()})
    sha256 = split_sha256(output / names["train"], output / names["val"])
    version = recorded_version(config, root) or data_version(Path(config.Global.dataset_dir))
    dict_sha256 = sha256_of(root / DICT_NAME) if (root / DICT_NAME).is_file() else None
    return {
        "enabled": wanted.enable,
        "train_rows": len(train),
        "val_rows": len(val),
        "train_list": names["train"],
        "val_list": names["val"],
        **_settings(wanted),
        "source": source_of(root) | {"dataset_dir": config.Global.dataset_dir},
        "split_sha256": sha256,
        "data_version": version,
        "made_of": made_of(config, data_version=version, split_sha256=sha256, dict_sha256=dict_sha256),
    }


def _settings(wanted: SplitSection) -> dict[str, Any]:
    """How the rows were divided; without `enable` nothing but the seed counts as set."""
    settings = wanted.model_dump(exclude={"enable"})
    return settings if wanted.enable else dict.fromkeys(settings) | {"seed": wanted.seed, "in_place": False}


def _reported(
    config: RunConfig, source: SplitSource, train: list[Row], val: list[Row], groups: Groups | None
) -> dict[str, Any]:
    """What is in both lists."""
    content, only_in_val = content_of(*(labels_of(rows, config.task) for rows in (train, val)))
    report = {
        "rows": len(train) + len(val),
        "excluded_rows": source.excluded_rows,
        "images": groups.images if groups else None,
        "groups": len(groups.keys) if groups else None,
        "largest_group": max(groups.sizes()) if groups else None,
        "near_duplicate_clusters": groups.near_clusters if groups else None,
        "unmatched_pattern_rows": groups.unmatched_rows if groups else None,
    }
    return {
        "checked": source.checked,
        "excluded_sha256": excluded_sha256(config),
        "characters_only_in_val": only_in_val,
        "report": report | content,
    }
