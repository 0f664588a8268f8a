"""What a training leaves in MLflow: one run with the configuration as parameters, tags, and metrics an epoch.

The step of a metric is the epoch; epoch 0 is the baseline before training.
"""

from __future__ import annotations

import getpass
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrflow.config import RunConfig
from ocrflow.files import read_json, write_json
from ocrflow.tracking.store import Store

if TYPE_CHECKING:
    from mlflow.entities import Run

MAX_PARAM = 500  # characters of a parameter's value, as MLflow's server has it by default
BATCH = 100  # parameters in one request, MLflow's limit


def run_file(config: RunConfig) -> Path:
    """`<Global.output>/train/mlflow_run.json`: {tracking_uri, experiment, run_id}."""
    return Path(config.Global.output) / "train" / "mlflow_run.json"


def recorded_run_id(config: RunConfig) -> str | None:
    """The run that the training of this output folder wrote to, or None."""
    path = run_file(config)
    return read_json(path).get("run_id") if path.is_file() else None


def write_run_file(config: RunConfig, store: Store, run_id: str) -> None:
    """Record which run the training writes to."""
    record = {"tracking_uri": store.shown_uri, "experiment": config.Register.experiment, "run_id": run_id}
    write_json(run_file(config), record)


def active_run(store: Store, run_id: str | None) -> Run | None:
    """The run with this id if the store has it and it is not deleted."""
    from mlflow.exceptions import MlflowException

    if not run_id:
        return None
    try:
        run = store.client.get_run(run_id)
    except MlflowException as error:
        if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise
    return run if run.info.lifecycle_stage == "active" else None


def create_run(store: Store, config: RunConfig) -> Run:
    """A new run named after the model and the time."""
    name = f"{config.Global.model} {time.strftime('%Y-%m-%d %H:%M:%S')}"
    tags = {"mlflow.source.name": "ocrflow train", "mlflow.source.type": "LOCAL", "mlflow.user": _user()}
    return store.client.create_run(store.experiment_id, tags=tags, run_name=name)


def log_config(store: Store, run: Run, config: RunConfig, data_version: str | None, commit: str | None) -> None:
    """Parameters and tags of the configuration; parameters that the run has already stay as they are."""
    from mlflow.entities import Param, RunTag

    params = [Param(key, value) for key, value in flat_params(config).items() if key not in run.data.params]
    tags = {
        "task": config.task,
        "model": config.Global.model,
        "data_version": data_version,
        "git_commit": commit,
        "mlflow.source.git.commit": commit and commit.partition("+")[0],
    }
    run_tags = [RunTag(key, value) for key, value in tags.items() if value]
    for start in range(0, max(len(params), 1), BATCH):
        store.client.log_batch(run.info.run_id, params=params[start : start + BATCH], tags=run_tags)


def flat_params(config: RunConfig) -> dict[str, str]:
    """`Section.key` -> value of what decides a training's result; null for a key that is not set."""
    kept = config.model_dump(
        mode="json",
        include={"Global": {"model", "device", "dataset_dir"}, "CheckDataset": {"split"}, "Train": True},
    )
    return {key: "null" if value is None else str(value)[:MAX_PARAM] for key, value in _flat("", kept)}


def _flat(prefix: str, values: dict[str, Any]) -> list[tuple[str, Any]]:
    items: list[tuple[str, Any]] = []
    for key, value in values.items():
        items += _flat(f"{prefix}{key}.", value) if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return items


def log_metrics(store: Store, run_id: str, values: dict[str, Any], step: int, model_id: str | None = None) -> None:
    """Write the numbers among `values` at one step in one request; what is no number is left out."""
    from mlflow.entities import Metric

    now_ms = int(time.time() * 1000)
    metrics = [Metric(key, value, now_ms, step, model_id=model_id, run_id=run_id) for key, value in _numbers(values)]
    store.client.log_batch(run_id, metrics=metrics)


def replay_epochs(store: Store, run_id: str, epochs: list[dict[str, Any]]) -> int:
    """Write the numbers of train/metrics.jsonl that the run lacks; returns in how many epochs there were some."""
    keys = {key for row in epochs for key in row} - {"epoch", "step"}
    known = {key: {metric.step for metric in store.client.get_metric_history(run_id, key)} for key in keys}
    replayed = 0
    for row in epochs:
        missing = {key: value for key, value in _numbers(row) if key in keys and row["epoch"] not in known[key]}
        if missing:
            log_metrics(store, run_id, missing, step=row["epoch"])
        replayed += bool(missing)
    return replayed


def log_final(store: Store, run_id: str, values: dict[str, Any], model_id: str | None) -> None:
    """Write the numbers that the run does not hold with this value, and link them to the logged model."""
    held = store.client.get_run(run_id).data.metrics
    new = {key: value for key, value in _numbers(values) if held.get(key) != value}
    log_metrics(store, run_id, new, step=0, model_id=model_id)


def set_tags(store: Store, run_id: str, tags: dict[str, str]) -> None:
    """Set tags in one request."""
    from mlflow.entities import RunTag

    store.client.log_batch(run_id, tags=[RunTag(key, value) for key, value in tags.items()])


def end_run(store: Store, run_id: str) -> None:
    """Mark a run as finished; one that has ended keeps its end."""
    if store.client.get_run(run_id).info.status in ("RUNNING", "SCHEDULED"):
        store.client.set_terminated(run_id, "FINISHED")


def _numbers(values: dict[str, Any]) -> list[tuple[str, float]]:
    items = [(key, value) for key, value in values.items() if not isinstance(value, bool)]
    return [(key, float(value)) for key, value in items if isinstance(value, int | float)]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown"
