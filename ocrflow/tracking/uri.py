"""Where MLflow's records are: a server or database of the user's, else SQLite in the working directory."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

URI_VARIABLE = "MLFLOW_TRACKING_URI"
DATABASE = Path("mlruns/mlflow.db")


def tracking_uri() -> str:
    """`MLFLOW_TRACKING_URI`, else the SQLite database `mlruns/mlflow.db` in the working directory."""
    return os.environ.get(URI_VARIABLE) or f"sqlite:///{DATABASE.absolute()}"


def sqlite_file(uri: str) -> Path | None:
    """The database file of an `sqlite:` URI as an absolute path; None for other stores and for SQLite in memory."""
    if not uri.startswith("sqlite"):
        return None
    path = uri.partition(":///")[2].partition("?")[0]
    return Path(path).absolute() if path and path != ":memory:" else None


def shown_uri(uri: str) -> str:
    """`uri` fit for result files: no user name and password, and a database below the working directory relative."""
    database = sqlite_file(uri)
    if database:
        here = Path.cwd()
        return f"sqlite:///{database.relative_to(here) if database.is_relative_to(here) else database}"
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else uri


def ui_command(uri: str) -> str:
    """The command that shows the records in a browser; for a server the address to open."""
    shown = shown_uri(uri)
    return f"open {shown}" if shown.startswith(("http://", "https://")) else f"mlflow ui --backend-store-uri {shown}"
