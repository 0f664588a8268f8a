"""The model to register: what train, evaluate and export say of it, checked against one another."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrflow.config import RunConfig
from ocrflow.errors import DataError, UsageError
from ocrflow.files import sha256_of
from ocrflow.stages.base import result_of
from ocrflow.tasks.tools import tools_of

AGAIN = "ocrflow evaluate -c CONFIG && ocrflow export -c CONFIG"
SOURCES = {"data_version": "data version", "split_sha256": "split", "dict_sha256": "dictionary"}  # of made_of


@dataclass(frozen=True)
class Candidate:
    """One exported and scored model.

    Attributes:
        model_dir: its folder; `sha256` is that of graph, parameters and settings.
        main_metric: the key of `metrics` that the gate looks at: acc, or hmean of a detector.
        metrics: of the exported model on all labelled rows.
        data_version: content hash of the dataset; `digest` is DVC's hash where there is one, else the same.
        train, evaluate, export: the stages' results.
    """

    model_dir: Path
    sha256: str
    main_metric: str
    metrics: dict[str, float]
    data_version: str
    digest: str
    train: dict[str, Any]
    evaluate: dict[str, Any]
    export: dict[str, Any]

    @property
    def score(self) -> float:
        """The main metric, 0..1."""
        return self.metrics[self.main_metric]

    @property
    def git_commit(self) -> str | None:
        """The code that trained the model."""
        return self.train["made_of"].get("git_commit")

    @property
    def rows(self) -> dict[str, int | None]:
        """Number of rows for MLflow's contexts."""
        return {"training": self.train.get("rows_train"), "validation": self.evaluate["rows_labelled"]}

    @property
    def final_metrics(self) -> dict[str, Any]:
        """`eval.` of the exported model, `baseline.` before training, `best.` at the epoch that was kept."""
        values = {f"eval.{key}": value for key, value in self.metrics.items()}
        values |= {"eval.rows": self.evaluate["rows_scored"], "eval.wrong": self.evaluate["wrong"]}
        for part in ("baseline", "best"):
            values |= {f"{part}.{key}": value for key, value in (self.train.get(part) or {}).items()}
        return values

    @property
    def tags(self) -> dict[str, str]:
        """What a registered version says of itself."""
        made_of = self.evaluate["made_of"]
        tags = {
            self.main_metric: f"{self.score:.6f}",
            "data_version": self.data_version,
            "dvc_hash": made_of.get("dvc_hash"),
            "git_commit": self.git_commit,
            "split_sha256": made_of.get("split_sha256"),
            "dict_sha256": made_of.get("dict_sha256"),
            "model_sha256": self.sha256,
        }
        return {key: value for key, value in tags.items() if value}


def candidate_of(config: RunConfig) -> Candidate:
    """The candidate in `Global.output`.

    Raises:
        UsageError: a stage is missing or failed, or the stages speak of different models or data.
        DataError: rows were not scored, or the exported model answers otherwise than the trained one.
    """
    train, evaluate, export = (result_of(config, stage) for stage in ("train", "evaluate", "export"))
    model_dir = Path(export["model_dir"])
    _same_model(evaluate, export, model_dir)
    _same_data(train, evaluate)
    _same_weights(config, export)
    _all_rows(evaluate)
    _parity(export)
    made_of = evaluate["made_of"]
    version = made_of["data_version"]
    digest = made_of.get("dvc_hash") or version
    metric, metrics = tools_of(config.task).main_metric, evaluate["metrics"]
    return Candidate(model_dir, export["model_sha256"], metric, metrics, version, digest, train, evaluate, export)


def epochs_of(config: RunConfig) -> list[dict[str, Any]]:
    """The rows of train/metrics.jsonl; none when there is no such file."""
    path = Path(config.Global.output) / "train" / "metrics.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def _same_model(evaluate: dict[str, Any], export: dict[str, Any], model_dir: Path) -> None:
    from ocrflow.inference.model_dir import model_sha256

    if evaluate["model_sha256"] != export["model_sha256"]:
        raise UsageError(
            f"evaluate and export are of different models: evaluate scored {evaluate['model_dir']} "
            f"({evaluate['model_sha256'][:12]}), export wrote {model_dir} ({export['model_sha256'][:12]})",
            fix=AGAIN,
        )
    found = model_sha256(model_dir)
    if found != export["model_sha256"]:
        expected = export["model_sha256"]
        raise UsageError(f"{model_dir} changed after the export: expected {expected[:12]}, got {found[:12]}", fix=AGAIN)


def _same_data(train: dict[str, Any], evaluate: dict[str, Any]) -> None:
    for key, meaning in SOURCES.items():
        trained, scored = train["made_of"][key], evaluate["made_of"][key]
        if trained != scored:
            raise UsageError(
                f"the model was trained on the {meaning} {str(trained)[:12]} and scored on {str(scored)[:12]}",
                fix="run ocrflow train, evaluate and export on one dataset with one split",
            )


def _same_weights(config: RunConfig, export: dict[str, Any]) -> None:
    best = Path(config.Global.output) / "best_accuracy" / "best_accuracy.pdparams"
    weights = Path(config.Export.weight_path or best)
    if weights.is_file() and sha256_of(weights) != export["made_of"]["weights_sha256"]:
        raise UsageError(
            f"{export['model_dir']} was exported from other weights than {weights}: was there a training since?",
            fix=AGAIN,
        )


def _all_rows(evaluate: dict[str, Any]) -> None:
    scored, labelled = evaluate["rows_scored"], evaluate["rows_labelled"]
    if scored != labelled or not labelled:
        raise DataError(f"evaluate scored {scored} of {labelled} labelled rows; expected all, at least 1", fix=AGAIN)


def _parity(export: dict[str, Any]) -> None:
    parity = export["parity"]
    mismatches = sum(value for key, value in parity.items() if key.endswith("_mismatches"))
    if mismatches:
        raise DataError(
            f"the exported model answers {mismatches} of {parity['rows']} rows otherwise than the trained one; "
            "expected 0",
            fix="ocrflow export -c CONFIG",
        )
