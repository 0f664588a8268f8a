"""The top of a page: what made the model, its scores before and after training, how the training went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.report.page.curves import Curves, curves
from ocrflow.report.page.parts import Lines, Part, read_part
from ocrflow.report.page.texts import shortened

STAGES = ("check_dataset", "split", "train", "evaluate", "export")
LONGEST_CONFIG = 20_000  # characters
_HASHES = ("data_version", "dvc_hash", "split_sha256", "dict_sha256", "model_sha256", "config_sha256")
_COUNTS = ("epoch", "step")
_CHARTS = (
    ("Loss", ("loss",)),
    ("On the validation rows", ("acc", "norm_edit_dis", "hmean", "precision", "recall")),
    ("Learning rate", ("learning_rate",)),
)


@dataclass(frozen=True)
class Score:
    """One metric before training, at the best epoch as the training measured it, and of the exported model."""

    name: str
    before: float | None = None
    best: float | None = None
    exported: float | None = None

    @property
    def better(self) -> bool:
        """Whether the exported model is better than before training."""
        return self.exported is not None and self.exported > (self.before or 0.0)


def parts_of(output: Path) -> dict[str, Part]:
    """The results of the stages that a page of one task shows."""
    return {stage: read_part(output, stage) for stage in STAGES}


def made_by(config: RunConfig, parts: Mapping[str, Part]) -> dict[str, str]:
    """What made the model, by name, as far as the stages have told it; the export knows most, the check least."""
    train, weights = parts["train"].value, parts["train"].get("weights")
    rows = {
        "model": train.get("model_name") or config.Global.model,
        "data": config.Global.dataset_dir,
        "rows": _of_both(train.get("rows_train"), train.get("rows_val")),
        "started from": _weights(weights) if weights else None,
        "training": _training(train),
        "commit of the training": parts["train"].get("made_of").get("git_commit"),
    }
    made_of: dict[str, Any] = {}
    for stage in STAGES:
        made_of |= {key: value for key, value in parts[stage].get("made_of").items() if value}
    made_of |= {"model_sha256": parts["export"].value.get("model_sha256") or made_of.get("model_sha256")}
    rows |= {key.replace("_", " ").replace("sha256", "SHA-256"): made_of.get(key) for key in _HASHES}
    rows |= {"exported to": parts["export"].value.get("model_dir")}
    return {name: shortened(value) for name, value in rows.items() if value}


def _of_both(train: object, val: object) -> str | None:
    return f"{train:,} train + {val:,} val" if isinstance(train, int) and isinstance(val, int) else None


def _weights(weights: Mapping[str, Any]) -> str:
    loaded, total = weights.get("loaded"), weights.get("total")
    return f"{weights.get('source')}: {loaded} of {total} tensors" if weights.get("source") else "random weights"


def _training(train: Mapping[str, Any]) -> str | None:
    if not isinstance(seconds := train.get("seconds"), int | float):
        return None
    minutes, rest = divmod(round(seconds), 60)
    return f"{train.get('epochs')} epochs in {minutes} min {rest:02} s, {train.get('num_processes')} process(es)"


def scores_of(parts: Mapping[str, Part]) -> list[Score]:
    """Every metric that a stage has measured; the exported model's order."""
    before, best = parts["train"].get("baseline"), parts["train"].get("best")
    exported = parts["evaluate"].get("metrics")
    names = dict.fromkeys((*exported, *(name for name in (*before, *best) if name not in _COUNTS)))
    return [Score(name, *(_number(part.get(name)) for part in (before, best, exported))) for name in names]


def interval_of(parts: Mapping[str, Part]) -> tuple[float, float] | None:
    """The 95 % interval of acc, if evaluate has told it."""
    interval = parts["evaluate"].value.get("acc_interval")
    known = [_number(end) for end in interval] if isinstance(interval, list) else []
    return (known[0], known[1]) if len(known) == 2 and known[0] is not None and known[1] is not None else None


def parity_of(parts: Mapping[str, Part]) -> str:
    """How the exported model compares with the trained one, in a sentence; empty when nothing is known."""
    parity = parts["export"].get("parity")
    found = [f"{value} {key.replace('_', ' ')}" for key, value in parity.items() if key.endswith("_mismatches")]
    if not found:
        return ""
    return f"The exported model and the trained one were compared on {parity.get('rows')} rows: {', '.join(found)}."


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def warnings_of(parts: Mapping[str, Part]) -> list[str]:
    """What a reader must know before the numbers are believed."""
    found = [part.reason for part in parts.values() if part.state in ("failed", "damaged")]
    scored, exported = (parts[stage].value.get("model_sha256") for stage in ("evaluate", "export"))
    if scored and exported and scored != exported:
        found.append(f"evaluate scored another model ({str(scored)[:12]}) than export wrote ({str(exported)[:12]})")
    for key in ("data_version", "split_sha256"):
        values = {str(parts[stage].get("made_of").get(key)) for stage in ("train", "evaluate") if parts[stage].done}
        if len(values) > 1:
            found.append(f"the model was trained and scored on data of another {key}")
    return found


def training_curves(output: Path) -> list[Curves]:
    """Loss, validation scores and learning rate over the epochs of train/metrics.jsonl."""
    keys = [key for _, names in _CHARTS for key in names]
    points: dict[str, list[tuple[float, float | None]]] = {key: [] for key in keys}
    for record in Lines(output / "train" / "metrics.jsonl"):
        if _number(record.get("epoch")) is not None:
            for key in keys:
                points[key].append((float(record["epoch"]), _number(record.get(key))))
    drawn = [curves(title, "epoch", {key: points[key] for key in names}) for title, names in _CHARTS]
    return [chart for chart in drawn if chart]


def configuration(output: Path) -> str:
    """The configuration of the training as it was written; empty without one."""
    try:
        return shortened((output / "config.yaml").read_text(encoding="utf-8", errors="replace"), LONGEST_CONFIG)
    except OSError:
        return ""
