"""The stage split: the train and val lists that all later stages use, written to the output folder.

Without `CheckDataset.split.enable` they are the dataset's lists with normalised line ends; with it the rows of both
are pooled and divided anew. The dataset is never changed. PaddleX instead splits in place and without a seed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig, SplitSection
from ocrflow.data.faults import refuse_errors
from ocrflow.data.fingerprint import data_version, md5s_of
from ocrflow.data.labels import Row, rows_text, scan_lists
from ocrflow.data.lists import dataset_root, recorded, recorded_version, source_of
from ocrflow.data.root import DICT_NAME, LIST_OF_SPLIT
from ocrflow.data.split import characters_only_in, divide, split_sha256
from ocrflow.errors import DataError, UsageError
from ocrflow.files import sha256_of, write_text
from ocrflow.provenance import made_of

FOLDER = "split"


def run(config: RunConfig) -> dict[str, Any]:
    """Write split/train.txt and split/val.txt.

    Raises:
        UsageError: check_dataset refused this dataset or saw another one, or the percentages make no sense.
        DataError: a list or an image is missing, or one side would have no row.
    """
    wanted = config.CheckDataset.split
    train_percent = _train_percent(wanted) if wanted.enable else None
    root = dataset_root(Path(config.Global.dataset_dir))
    _refuse_unchecked(config, root)
    lists, faults = scan_lists(root, will_split=wanted.enable)
    refuse_errors(faults)
    train, val = lists[0].rows, lists[1].rows
    if train_percent is not None:
        train, val = _divided(root, [*train, *val], wanted.seed, train_percent)
    result = _written(config, root, train, val)
    _tell(result)
    return result


def _train_percent(wanted: SplitSection) -> int:
    """The share of train, after both shares were looked at."""
    if wanted.train_percent and wanted.val_percent and wanted.train_percent + wanted.val_percent == 100:
        return wanted.train_percent
    got = f"got {wanted.train_percent} and {wanted.val_percent}"
    raise UsageError(
        f"CheckDataset.split: expected train_percent and val_percent above 0 that sum to 100, {got}",
        fix="-o CheckDataset.split.train_percent=80 -o CheckDataset.split.val_percent=20",
    )


def _refuse_unchecked(config: RunConfig, root: Path) -> None:
    """Raise UsageError when check_dataset left a result here that does not say yes to this dataset."""
    result = recorded(config, "check_dataset")
    if not result:
        return
    path = Path(config.Global.output) / "check_dataset_result.json"
    fix = "ocrflow check-dataset -c CONFIG"
    if not result.get("check_pass"):
        raise UsageError(f"{path}: the dataset did not pass check_dataset", fix=fix)
    source = result.get("source", {})
    changed = [key.replace("_", ".") for key, sha256 in source_of(root).items() if source.get(key) != sha256]
    if changed:
        raise UsageError(f"{path}: {', '.join(changed)} of {root} is not what check_dataset saw", fix=fix)


def _divided(root: Path, rows: list[Row], seed: int, train_percent: int) -> tuple[list[Row], list[Row]]:
    """The pooled rows by the content of their images."""
    group_of = md5s_of({row.image: root / row.image for row in rows})
    train, val = divide(rows, group_of, seed, train_percent)
    if not train or not val:
        images = len(set(group_of.values()))
        message = f"{len(rows)} rows of {images} images gave {len(train)} train and {len(val)} val rows"
        raise DataError(f"{root}: {message}", fix="add rows, or try another seed: -o CheckDataset.split.seed=1")
    return train, val


def _written(config: RunConfig, root: Path, train: list[Row], val: list[Row]) -> dict[str, Any]:
    """Write both lists; returns the stage's result."""
    wanted = config.CheckDataset.split
    names = {split: f"{FOLDER}/{name}" for split, name in LIST_OF_SPLIT.items()}
    files = {split: Path(config.Global.output) / name for split, name in names.items()}
    write_text(files["train"], rows_text(train))
    write_text(files["val"], rows_text(val))
    sha256 = split_sha256(files["train"], files["val"])
    version = recorded_version(config, root) or data_version(Path(config.Global.dataset_dir))
    dict_sha256 = sha256_of(root / DICT_NAME) if (root / DICT_NAME).is_file() else None
    return {
        "enabled": wanted.enable,
        "train_rows": len(train),
        "val_rows": len(val),
        "train_list": names["train"],
        "val_list": names["val"],
        "train_percent": wanted.train_percent if wanted.enable else None,
        "val_percent": wanted.val_percent if wanted.enable else None,
        "seed": wanted.seed,
        "source": source_of(root) | {"dataset_dir": config.Global.dataset_dir},
        "split_sha256": sha256,
        "characters_only_in_val": characters_only_in(val, train),
        "data_version": version,
        "made_of": made_of(config, data_version=version, split_sha256=sha256, dict_sha256=dict_sha256),
    }


def _tell(result: dict[str, Any]) -> None:
    how = f"divided anew with seed {result['seed']}" if result["enabled"] else "as the dataset has them"
    print(f"{result['train_rows']} train + {result['val_rows']} val rows, {how}, split {result['split_sha256'][:12]}")
    alone = result["characters_only_in_val"]
    if alone:
        print(f"warning: {len(alone)} characters occur in val only, training never sees them: {' '.join(alone)}")
