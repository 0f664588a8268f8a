from __future__ import annotations

from pathlib import Path

import pytest

from ocrflow.tracking.uri import shown_uri, sqlite_file, tracking_uri, ui_command


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path


def test_default_is_sqlite_in_the_working_directory(here: Path) -> None:
    assert tracking_uri() == f"sqlite:///{here}/mlruns/mlflow.db"
    assert shown_uri(tracking_uri()) == "sqlite:///mlruns/mlflow.db"


def test_environment_wins_and_empty_counts_as_unset(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow:5000")
    assert tracking_uri() == "http://mlflow:5000"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    assert tracking_uri() == f"sqlite:///{here}/mlruns/mlflow.db"


@pytest.mark.parametrize(
    "uri", ["http://mlflow:5000", "postgresql://h/db", "sqlite://", "sqlite:///:memory:", "mlruns"]
)
def test_stores_without_a_database_file(uri: str) -> None:
    assert sqlite_file(uri) is None


def test_relative_and_absolute_databases(here: Path) -> None:
    assert sqlite_file("sqlite:///a/b.db") == here / "a" / "b.db"
    assert sqlite_file("sqlite:////srv/b.db?timeout=9") == Path("/srv/b.db")
    assert shown_uri("sqlite:////srv/b.db") == "sqlite:////srv/b.db"


def test_passwords_are_not_shown() -> None:
    assert shown_uri("postgresql://me:secret@db:5432/mlflow") == "postgresql://db:5432/mlflow"
    assert ui_command("https://me:secret@mlflow/path") == "open https://mlflow/path"
    assert ui_command("sqlite:///mlruns/mlflow.db") == "mlflow ui --backend-store-uri sqlite:///mlruns/mlflow.db"
