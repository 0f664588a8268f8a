"""The run logger that training holds. Whatever happens to MLflow, training goes on at its speed.

The first failure prints one line and every later call does nothing; `ocrflow register` writes the epochs that are
missing from train/metrics.jsonl.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Literal, Protocol

from ocrflow.config import RunConfig
from ocrflow.provenance import git_commit
from ocrflow.tracking.guard import QUICK, http_limits, reason
from ocrflow.tracking.records import (
    active_run,
    create_run,
    log_config,
    log_metrics,
    recorded_run_id,
    run_file,
    write_run_file,
)
from ocrflow.tracking.store import Store, open_store

Status = Literal["FINISHED", "FAILED", "KILLED"]


class _Sink(Protocol):
    @property
    def run_id(self) -> str | None: ...

    def log_epoch(self, metrics: dict[str, float], step: int) -> None: ...

    def close(self, status: Status = "FINISHED") -> None: ...


class NullLogger:
    """Logs nothing."""

    run_id: str | None = None

    def log_epoch(self, metrics: dict[str, float], step: int) -> None:
        """Do nothing."""

    def close(self, status: Status = "FINISHED") -> None:
        """Do nothing."""


class _MlflowRun:
    def __init__(self, store: Store, run_id: str):
        self.store = store
        self.run_id = run_id

    def log_epoch(self, metrics: dict[str, float], step: int) -> None:
        log_metrics(self.store, self.run_id, metrics, step)

    def close(self, status: Status = "FINISHED") -> None:
        self.store.client.set_terminated(self.run_id, status)


class RunLogger:
    """Logs to one MLflow run until something fails there, from then on nowhere."""

    def __init__(self, sink: _Sink):
        self._sink = sink

    @property
    def run_id(self) -> str | None:
        """The MLflow run, or None when nothing is logged (any more)."""
        return self._sink.run_id

    def log_epoch(self, metrics: dict[str, float], step: int) -> None:
        """Log the numbers of one epoch.

        Args:
            metrics: as in train/metrics.jsonl, without epoch and step; values that are no numbers are left out.
            step: the epoch, 0 for the baseline.
        """
        self._attempt(lambda: self._sink.log_epoch(metrics, step))

    def close(self, status: Status = "FINISHED") -> None:
        """End the run."""
        self._attempt(lambda: self._sink.close(status))

    def _attempt(self, call: Callable[[], None]) -> None:
        try:
            with http_limits(*QUICK):
                call()
        except Exception as error:
            _warn(error)
            self._sink = NullLogger()


def start_run(config: RunConfig, data_version: str | None = None) -> RunLogger:
    """Start logging a training, and write `<Global.output>/train/mlflow_run.json`.

    The run is the one that `MLFLOW_RUN_ID` names; of a resumed training the one it had; else a new one.
    Never raises: without MLflow the logger logs nothing.

    Args:
        data_version: content hash of the dataset, for a tag.
    """
    try:
        with http_limits(*QUICK):
            return RunLogger(_start(config, data_version))
    except Exception as error:
        _warn(error)
        return RunLogger(NullLogger())


def _start(config: RunConfig, data_version: str | None) -> _MlflowRun:
    earlier = recorded_run_id(config) if config.Train.resume_path else None
    run_file(config).unlink(missing_ok=True)
    store = open_store(config.Register.experiment)
    named = os.environ.get("MLFLOW_RUN_ID")
    run = active_run(store, named or earlier)
    if named and run is None:
        raise LookupError(f"MLFLOW_RUN_ID={named}: no such run in {store.shown_uri}")
    if run is None:
        run = create_run(store, config)
    else:
        store.client.update_run(run.info.run_id, status="RUNNING")
    write_run_file(config, store, run.info.run_id)
    log_config(store, run, config, data_version, git_commit())
    return _MlflowRun(store, run.info.run_id)


def _warn(error: Exception) -> None:
    print(
        f"warning: MLflow logging is off: {reason(error)}; training goes on, ocrflow register adds what is missing",
        file=sys.stderr,
    )
