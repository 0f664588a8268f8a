"""Stage register: the scored model goes into MLflow's registry, and the alias onto it when the gate passes.

The plain files of the output folder are the truth; MLflow mirrors them in the run of the training.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrflow.config import RunConfig
from ocrflow.errors import DataError
from ocrflow.tracking.candidate import Candidate, candidate_of, epochs_of
from ocrflow.tracking.guard import PATIENT, http_limits, outside
from ocrflow.tracking.lineage import log_artifacts, log_datasets
from ocrflow.tracking.package import log_model
from ocrflow.tracking.records import (
    active_run,
    create_run,
    end_run,
    log_config,
    log_final,
    recorded_run_id,
    replay_epochs,
    set_tags,
    write_run_file,
)
from ocrflow.tracking.registry import alias_holder, check_alias, create_version, registered_name, same_version
from ocrflow.tracking.store import Store, open_store
from ocrflow.tracking.summary import note_on

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

LINKED = ("report.html", "evaluate/worst.png", "evaluate/predictions.jsonl", "train/curves.png")
_PADDLEX_EPSILON = 1e-5  # PaddleX divides by rows + 1e-5, so its accuracy of a perfect model is below 1


def run(config: RunConfig) -> dict[str, Any]:
    """Register the model of `Global.output` as `Register.name`.

    A model that is registered already, from the same data, keeps its version.

    Raises:
        UsageError: a stage is missing, the stages do not fit together, or a name that MLflow refuses.
        DataError: unscored rows, a wrong export, or the gate: acc, or a detector's hmean, below
            `Register.min_accuracy`. Then the version is registered without the alias, and the error's `result` is that
            of the stage.
        OutsideError: MLflow cannot be reached or written.
    """
    name = registered_name(config)
    check_alias(config.Register.alias)
    candidate = candidate_of(config)
    store = open_store(config.Register.experiment)
    with outside(store.uri), http_limits(*PATIENT):
        run_id, note = _record(store, config, candidate)
        version, reused = _version(store, candidate, config, name, run_id, note)
        end_run(store, run_id)
        result = _result(store, config, candidate, version, run_id) | {"reused": reused}
        if not result["alias_set"]:
            raise _refusal(result, alias_holder(store, name, config.Register.alias))
        store.client.set_registered_model_alias(name, config.Register.alias, version.version)
    known = ", which already held this model" if reused else ""
    print(f"registered {name} version {version.version} (alias {config.Register.alias}){known}")
    return result


def _record(store: Store, config: RunConfig, candidate: Candidate) -> tuple[str, str]:
    """Complete the training's run, or make one from the files; returns its id and the note on it."""
    run = active_run(store, recorded_run_id(config)) or active_run(store, os.environ.get("MLFLOW_RUN_ID"))
    if run is None:
        run = create_run(store, config)
        write_run_file(config, store, run.info.run_id)
    log_config(store, run, config, candidate.data_version, candidate.git_commit)
    run_id = run.info.run_id
    replay_epochs(store, run_id, epochs_of(config))
    log_datasets(store, run_id, config, candidate.digest, candidate.rows)
    pages = log_artifacts(store, run_id, Path(config.Global.output))
    note = note_on(config.Global.model, candidate, [page for page in LINKED if page in pages], run_id)
    set_tags(store, run_id, {**candidate.tags, "mlflow.note.content": note})
    return run_id, note


def _version(
    store: Store, candidate: Candidate, config: RunConfig, name: str, run_id: str, note: str
) -> tuple[ModelVersion, bool]:
    """The version of this model, and whether it was there already."""
    found = same_version(store, name, candidate.tags)
    if found:
        log_final(store, run_id, candidate.final_metrics, model_id=None)
        return found, True
    model_id = log_model(store, run_id, candidate.model_dir, config)
    log_final(store, run_id, candidate.final_metrics, model_id)
    return create_version(store, name, model_id, run_id, {**candidate.tags, "run_id": run_id}, note), False


def _result(
    store: Store, config: RunConfig, candidate: Candidate, version: ModelVersion, run_id: str
) -> dict[str, Any]:
    gate = _gate(candidate.main_metric, candidate.score, config.Register.min_accuracy)
    run = store.client.get_run(run_id)
    return {
        "name": version.name,
        "version": int(version.version),
        "alias": config.Register.alias,
        "alias_set": gate["passed"],
        "run_id": run_id,
        "experiment": store.client.get_experiment(run.info.experiment_id).name,
        "tracking_uri": store.shown_uri,
        "model_uri": f"models:/{version.name}/{version.version}",
        "gate": gate,
        "data_version": candidate.data_version,
        "model_sha256": candidate.sha256,
        "ui_command": store.ui_command,
    }


def _gate(metric: str, score: float, minimum: float) -> dict[str, Any]:
    condition = f"{metric} >= {minimum}"
    missing = minimum - score if minimum - score > _PADDLEX_EPSILON else 0.0
    verdict = {"min_accuracy": minimum, "passed": not missing, "missing": missing}
    return {"condition": condition, "metric": metric, metric: score, **verdict}


def _refusal(result: dict[str, Any], holder: str | None) -> DataError:
    gate = result["gate"]
    metric = gate["metric"]
    stays = f"stays on version {holder}" if holder else "is not set"
    error = DataError(
        f"the gate {gate['condition']} refuses {result['name']} version {result['version']}: {metric} "
        f"{gate[metric]:.4f} is {gate['missing']:.4f} too low; the version is registered, "
        f"the alias {result['alias']} {stays}",
        fix="train longer or on more data, or lower the gate with -o Register.min_accuracy=...",
    )
    error.result = result  # type: ignore[attr-defined]
    return error
