"""Bringing the artifacts of a registered or logged model to this machine."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ocrflow.data.fingerprint_cache import cache_file
from ocrflow.errors import OutsideError, UsageError
from ocrflow.files import write_failed
from ocrflow.tracking.guard import PATIENT, QUICK, http_limits, outside, quiet_mlflow, reason
from ocrflow.tracking.uri import shown_uri, sqlite_file, tracking_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient

_MISSING = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
_NAMED = 10  # registered models in a message


def artifacts_of(uri: str) -> Path:
    """The folder of the artifacts behind `models:/...` or `runs:/...`.

    Those on this machine stay where they are. Others are downloaded to `models/` in the user's cache, once: a version
    never changes.

    Raises:
        UsageError: no store here, or no such model, version, alias or run.
        OutsideError: the server or the store of artifacts cannot be used.
    """
    store = tracking_uri()
    database = sqlite_file(store)
    if database and not database.is_file():  # MLflow would make an empty one
        message = f"{uri}: no MLflow store here ({shown_uri(store)} does not exist)"
        raise UsageError(message, fix="run where mlruns/ is, or set MLFLOW_TRACKING_URI")
    quiet_mlflow()
    with outside(store):
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        client = MlflowClient(tracking_uri=store)
        with http_limits(*QUICK):
            try:
                location = _location(client, uri)
            except MlflowException as error:
                if error.error_code not in _MISSING:
                    raise
                raise UsageError(f"{uri}: {reason(error)} in {shown_uri(store)}", fix=_known(client)) from error
        with http_limits(*PATIENT):
            return _brought(location, uri, store)


def _location(client: MlflowClient, uri: str) -> str:
    """Where the artifacts are, as MLflow records it."""
    scheme, _, rest = uri.partition(":/")
    name = rest.strip("/")
    if scheme == "runs":
        return _of_run(client, *name.partition("/")[::2])
    if re.fullmatch(r"m-[0-9a-f]+", name):
        return str(client.get_logged_model(name).artifact_location)
    if "@" in name:
        version: Any = client.get_model_version_by_alias(*name.rsplit("@", 1))
        return str(client.get_model_version_download_uri(version.name, version.version))
    name, _, number = name.rpartition("/")
    if not name or not (number.isdecimal() or number == "latest"):
        from ocrflow.inference.registry_uri import FORMS

        raise UsageError(f"{uri}: not an address in MLflow's registry", fix=f"expected {FORMS}")
    return str(client.get_model_version_download_uri(name, _newest(client, name) if number == "latest" else number))


def _of_run(client: MlflowClient, run_id: str, path: str) -> str:
    run: Any = client.get_run(run_id)
    for output in run.outputs.model_outputs if run.outputs else ():
        model = client.get_logged_model(output.model_id)
        if path in (model.name, ""):
            return str(model.artifact_location)
    return f"{run.info.artifact_uri}/{path}" if path else str(run.info.artifact_uri)


def _newest(client: MlflowClient, name: str) -> str:
    client.get_registered_model(name)  # raises when there is none
    quoted = name.replace("'", "\\'")
    versions = [int(version.version) for version in client.search_model_versions(f"name = '{quoted}'")]
    return str(max(versions, default=0))


def _known(client: MlflowClient) -> str:
    models: Any = client.search_registered_models(max_results=_NAMED)
    names = [f"models:/{model.name}@{alias}" for model in models for alias in model.aliases or ["(no alias)"]]
    return f"there are {', '.join(names)}" if names else "register one: ocrflow register -c CONFIG"


def _brought(location: str, uri: str, store: str) -> Path:
    parts = urlsplit(location)
    if parts.scheme in ("", "file"):
        folder = Path(unquote(parts.path) if parts.scheme else location)
        if not folder.is_dir():
            raise UsageError(f"{uri}: its artifacts are recorded in {folder}, which is not there")
        return folder
    key = hashlib.sha256(f"{store} {location}".encode()).hexdigest()[:16]
    folder = cache_file().parent / "models" / key
    if uri.startswith("models:/") and folder.is_dir():
        return folder
    return _downloaded(location, folder, store)


def _downloaded(location: str, folder: Path, store: str) -> Path:
    import mlflow.artifacts

    part = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    try:
        part.mkdir(parents=True)
        found = Path(mlflow.artifacts.download_artifacts(artifact_uri=location, dst_path=str(part), tracking_uri=store))
        if not found.is_dir():
            raise OutsideError(f"{location}: expected a folder of artifacts, got one file")
        shutil.rmtree(folder, ignore_errors=True)
        found.replace(folder)
    except OSError as error:
        if type(error).__module__ != "builtins":  # of requests, which `outside` reports
            raise
        raise write_failed(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder
