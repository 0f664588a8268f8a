"""MLflow's model registry: names, versions and the alias."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ocrflow.config import RunConfig
from ocrflow.errors import UsageError
from ocrflow.tracking.store import Store
from ocrflow.tracking.uri import URI_VARIABLE

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

IDENTITY = ("model_sha256", "data_version")  # tags that make two versions the same


def registered_name(config: RunConfig) -> str:
    """`Register.name`, else FOLDER-TASK.

    FOLDER is the dataset's folder, or the one above when the dataset's is called like the task; `data` becomes `demo`.
    Characters other than letters, digits, `_` and `-` become `-`.

    Raises:
        UsageError: `Register.name` is blank or has a character that MLflow refuses in model names.
    """
    name = config.Register.name
    if name is None:
        folder = Path(config.Global.dataset_dir).absolute()
        base = folder.parent.name if folder.name == config.task else folder.name
        return re.sub(r"[^A-Za-z0-9_-]+", "-", f"{'demo' if base == 'data' else base}-{config.task}").lstrip("-")
    if not name.strip() or re.search(r"[/:]", name):
        raise UsageError(f"Register.name={name!r}: expected a name without '/' and ':'", fix="-o Register.name=NAME")
    return name


def check_alias(alias: str) -> None:
    """Refuse what MLflow refuses as an alias, before any work is done.

    Raises:
        UsageError: other characters than letters, digits, `_` and `-`, or a reserved word.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", alias) or re.fullmatch(r"latest|v\d+", alias, re.IGNORECASE):
        raise UsageError(
            f"Register.alias={alias!r}: expected letters, digits, _ and -, and neither 'latest' nor 'v1', 'v2', ...",
            fix="-o Register.alias=best_accuracy",
        )


def same_version(store: Store, name: str, tags: dict[str, str]) -> ModelVersion | None:
    """The newest version of `name` that holds the same model from the same data."""
    quoted = name.replace("'", "\\'")
    versions = store.client.search_model_versions(f"name = '{quoted}'")
    same = [version for version in versions if all(version.tags.get(key) == tags.get(key) for key in IDENTITY)]
    return max(same, key=lambda version: int(version.version), default=None)


def create_version(
    store: Store, name: str, model_id: str, run_id: str, tags: dict[str, str], note: str
) -> ModelVersion:
    """A new version of the registered model `name`, which is made on first use."""
    from mlflow.exceptions import MlflowException

    try:
        store.client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    with _global_uri(store.uri):
        return store.client.create_model_version(
            name, f"models:/{model_id}", run_id=run_id, tags=tags, description=note, model_id=model_id
        )


@contextmanager
def _global_uri(uri: str) -> Iterator[None]:
    """MLflow resolves `models:/` sources through its global setting, not through the client that asks."""
    import mlflow

    before = os.environ.get(URI_VARIABLE)
    mlflow.set_tracking_uri(uri)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(None)
        if before is not None:
            os.environ[URI_VARIABLE] = before


def alias_holder(store: Store, name: str, alias: str) -> str | None:
    """The version that `alias` points to now, or None."""
    version = store.client.get_registered_model(name).aliases.get(alias)
    return None if version is None else str(version)
