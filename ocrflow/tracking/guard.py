"""Keeping MLflow in its place: quiet, bounded in time, and its failures reported without a traceback."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from ocrflow.errors import OutsideError
from ocrflow.tracking.uri import URI_VARIABLE, shown_uri

QUICK = (1, 5)  # retries, seconds a request: the first contact, and all that training waits for
PATIENT = (3, 60)  # while a model is uploaded

_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_UV_AUTO_DETECT": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}
_OUTSIDE = frozenset(("mlflow", "sqlalchemy", "sqlite3", "requests", "urllib3", "boto3", "botocore", "azure", "google"))


def quiet_mlflow() -> None:
    """Import MLflow with telemetry and progress bars off, and silence its loggers: what matters it raises as well."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import mlflow  # noqa: F401 - its import sets the levels of its loggers

    for logger in ("mlflow", "alembic", "urllib3.connectionpool"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)


@contextmanager
def http_limits(retries: int, timeout_s: int) -> Iterator[None]:
    """Bound MLflow's requests to a server; limits that the user has set in the environment stay."""
    limits = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": str(retries), "MLFLOW_HTTP_REQUEST_TIMEOUT": str(timeout_s)}
    ours = {name: value for name, value in limits.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)


@contextmanager
def outside(uri: str) -> Iterator[None]:
    """Turn what MLflow, its database or its object store raise into an OutsideError that names `uri`."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, OSError) and type(error).__module__.partition(".")[0] not in _OUTSIDE:
            raise
        raise OutsideError(f"MLflow at {shown_uri(uri)} failed: {reason(error)}", fix=_fix(uri, str(error))) from error


def reason(error: BaseException) -> str:
    """The line of an error that says most, at most 300 characters and without passwords."""
    lines = [line for line in str(error).strip().splitlines() if not line.startswith("(raised as a result of")]
    line = lines[0] if lines else type(error).__name__
    cause = re.search(r"\(Caused by (.+)\)$", line)  # urllib3 puts it behind what was tried
    line = re.sub(r"(?<=://)[^/@\s]+@", "", cause[1] if cause else line)
    return line if len(line) <= 300 else f"{line[:297]}..."


def _fix(uri: str, message: str) -> str:
    if "out-of-date database schema" in message:
        return f"mlflow db upgrade {shown_uri(uri)}"
    if uri.startswith(("http://", "https://")):
        return f"start that server or correct {URI_VARIABLE}; unset {URI_VARIABLE} to record in mlruns/ here"
    return f"check that the store can be written, or set {URI_VARIABLE} to another"
