"""What a checkpoint belongs to: a training goes on only with the model, dictionary and rows it began with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.files import sha256_of

MEANING = {
    "model": "model",
    "classes": "number of classes",
    "dictionary": "dictionary",
    "train_list": "list of training rows",
    "val_list": "list of validation rows",
    "data_version": "dataset",
    "base_width": "base width",
}
Identity = dict[str, Any]


def identity_of(config: RunConfig, lists: Any, facts: dict[str, Any]) -> Identity:
    """What of the configuration and data a resumed run must share; keys as in `MEANING`, without those unknown.

    Args:
        lists: as `ocrflow.data.lists.Lists`; a task without dictionary has an empty one or none.
        facts: of the task.
    """
    dictionary = getattr(lists, "dictionary", None)
    values = {
        "model": config.Global.model,
        "classes": len(dictionary) + 2 if dictionary else None,
        "dictionary": getattr(lists, "dict_sha256", None) if dictionary else None,
        "train_list": _hash(getattr(lists, "train_file", None)),
        "val_list": _hash(getattr(lists, "val_file", None)),
        "data_version": getattr(lists, "data_version", None),
        "base_width": facts.get("base_width"),
    }
    return {key: value for key, value in values.items() if value is not None}


def _hash(file: Path | None) -> str | None:
    return sha256_of(file) if file and file.is_file() else None


def require_same(path: str, found: Identity, wanted: Identity) -> None:
    """Raise UsageError naming every difference between a checkpoint and the run that wants to go on from it.

    What one of them does not know is not compared.
    """
    other = [key for key in MEANING if key in found and key in wanted and found[key] != wanted[key]]
    if not other:
        return
    named = "; ".join(f"{MEANING[key]}: {_short(found[key])} -> {_short(wanted[key])}" for key in other)
    message = f"Train.resume_path={path}: the checkpoint is of another training ({named})"
    fix = f"start from its weights instead: -o Train.resume_path=null Train.pretrain_weight_path={path}"
    raise UsageError(message, fix=fix)


def _short(value: Any) -> str:
    text = str(value)
    return text[:12] if len(text) in (32, 36, 64) else text
