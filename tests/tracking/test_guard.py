from __future__ import annotations

import os

import pytest

from ocrflow.errors import DataError, OutsideError
from ocrflow.tracking.guard import http_limits, outside, reason


def test_limits_hold_inside_and_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "77")
    with http_limits(1, 5):
        assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "1"
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "77"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "77"


def test_failures_of_mlflow_name_the_store_and_the_fix() -> None:
    from mlflow.exceptions import MlflowException

    with (
        pytest.raises(OutsideError, match=r"MLflow at http://mlflow:5000 failed: no route") as caught,
        outside("http://me:secret@mlflow:5000"),
    ):
        raise MlflowException("no route\nmore")
    assert "unset MLFLOW_TRACKING_URI" in caught.value.fix
    with (
        pytest.raises(OutsideError, match=r"fix: mlflow db upgrade sqlite:////srv/m.db"),
        outside("sqlite:////srv/m.db"),
    ):
        raise MlflowException("Detected out-of-date database schema (found version 1)")


def test_a_full_disk_is_outside() -> None:
    with pytest.raises(OutsideError, match="No space left"), outside("sqlite:////srv/m.db"):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("error", [DataError("the gate"), KeyError("acc"), KeyboardInterrupt()])
def test_other_errors_pass(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, outside("sqlite:////srv/m.db"):
        raise error
    assert caught.value is error


def test_reason_is_one_bounded_line() -> None:
    assert reason(ValueError("a\nb")) == "a"
    assert reason(ValueError()) == "ValueError"
    assert len(reason(ValueError("x" * 999))) == 300
    assert reason(ValueError("cannot reach http://me:secret@host/a")) == "cannot reach http://host/a"
    assert reason(ValueError("(raised as a result of autoflush)\nno such table")) == "no such table"
    retried = "request to http://host failed: Max retries (Caused by Refused('http://me:secret@host: [Errno 111]'))"
    assert reason(ValueError(retried)) == "Refused('http://host: [Errno 111]')"
