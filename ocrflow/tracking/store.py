"""Opening the MLflow store: the schema is made once, the experiment on first use."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ocrflow.errors import UsageError
from ocrflow.tracking.guard import QUICK, http_limits, outside, quiet_mlflow
from ocrflow.tracking.uri import shown_uri, sqlite_file, tracking_uri, ui_command

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment

ML_VIEW = {"mlflow.experimentKind": "custom_model_development"}  # else the UI opens in its view for language models


@dataclass(frozen=True)
class Store:
    """An open MLflow store and the experiment in it."""

    uri: str
    client: MlflowClient
    experiment_id: str

    @property
    def shown_uri(self) -> str:
        """The URI for result files."""
        return shown_uri(self.uri)

    @property
    def ui_command(self) -> str:
        """How to look at the records."""
        return ui_command(self.uri)


def open_store(experiment: str) -> Store:
    """The store of `tracking_uri()`, with its schema and the experiment there.

    A server that does not answer is given up after about 12 seconds, or the limits of `MLFLOW_HTTP_REQUEST_*`.

    Raises:
        OutsideError: the server or database cannot be used; names it.
        UsageError: the experiment was deleted in MLflow, or `mlruns/` was moved.
    """
    quiet_mlflow()
    uri = tracking_uri()
    with outside(uri), http_limits(*QUICK):
        from mlflow import MlflowClient

        database = sqlite_file(uri)
        with _locked(database):
            client = MlflowClient(tracking_uri=uri)
            found = _experiment(client, experiment, database)
            if database:
                client.search_registered_models(max_results=1)  # makes the registry's connection under the lock, too
    _refuse_unusable(found, database)
    return Store(uri, client, found.experiment_id)


@contextmanager
def _locked(database: Path | None) -> Iterator[None]:
    """One process at a time: of several that create the same SQLite schema all but one would die."""
    if database is None:
        yield
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(f".{database.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _experiment(client: MlflowClient, name: str, database: Path | None) -> Experiment:
    found = client.get_experiment_by_name(name)
    if found is None:
        location = _artifacts_beside(database) if database else None
        _create_experiment(client, name, location)
        found = client.get_experiment_by_name(name)
    return found


def _artifacts_beside(database: Path) -> str:
    folder = database.with_name("artifacts")
    folder.mkdir(exist_ok=True)
    return str(folder)


def _create_experiment(client: MlflowClient, name: str, location: str | None) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_experiment(name, artifact_location=location, tags=ML_VIEW)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":  # another process was faster
            raise


def _refuse_unusable(experiment: Experiment, database: Path | None) -> None:
    if experiment.lifecycle_stage != "active":
        restore = f"mlflow experiments restore --experiment-id {experiment.experiment_id}"
        raise UsageError(f"the MLflow experiment {experiment.name!r} was deleted", fix=restore)
    recorded = urlsplit(experiment.artifact_location)
    folder = Path(unquote(recorded.path))
    if database and recorded.scheme in ("", "file") and folder.name == "artifacts" and not folder.is_dir():
        raise UsageError(
            f"{database}: its artifacts are recorded in {folder}, which is not there; such a store cannot be moved",
            fix=f"bring them back, or put {database.parent} aside and run ocrflow register again",
        )
