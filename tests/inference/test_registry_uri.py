"""From what a user names to the folder of an exported model, with a real MLflow store and a real server."""

from __future__ import annotations

import functools
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ocrflow.errors import OutsideError, UsageError
from ocrflow.files import sha256_of
from ocrflow.inference.model_dir import model_sha256
from ocrflow.inference.registry_uri import is_registry_uri, local_model_dir

NAME = "plates"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, exported_model: Path) -> Iterator[tuple[str, str, str]]:
    """An SQLite store with a model as the stage register logs it, version 1, alias best; its URI, run and model id."""
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModelOutput

    here = tmp_path_factory.mktemp("with space")
    uri = f"sqlite:///{here / 'mlflow.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", uri)
        client = MlflowClient(tracking_uri=uri)
        experiment = client.create_experiment("e", artifact_location=str(here / "artifacts"))
        run = client.create_run(experiment)
        model = client.create_logged_model(experiment, name="text_recognition", source_run_id=run.info.run_id)
        shutil.copytree(exported_model, here / "model" / "artifacts" / "export")
        client.log_model_artifacts(model.model_id, str(here / "model"))
        client.log_outputs(run.info.run_id, [LoggedModelOutput(model.model_id, step=0)])
        client.finalize_logged_model(model.model_id, "READY")
        client.create_registered_model(NAME)
        client.create_model_version(NAME, f"models:/{model.model_id}", run.info.run_id, model_id=model.model_id)
        client.set_registered_model_alias(NAME, "best", "1")
        client.create_registered_model("empty")
        yield uri, run.info.run_id, model.model_id


def test_every_form_of_address(store: tuple[str, str, str], exported_model: Path) -> None:
    _, run, model = store
    forms = [f"models:/{NAME}@best", f"models:/{NAME}/1", f"models:/{NAME}/latest", f"models:/{model}"]
    found = [local_model_dir(form) for form in [*forms, f"runs:/{run}", f"runs:/{run}/text_recognition"]]
    assert len(set(found)) == 1
    assert found[0].name == "export"
    assert sha256_of(found[0] / "inference.yml") == sha256_of(exported_model / "inference.yml")
    assert not list(found[0].parents[1].glob("registered_model_meta"))  # nothing is written into the store


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("models:/nobody@best", "nobody not found"),
        (f"models:/{NAME}@worst", "alias worst not found"),
        (f"models:/{NAME}/7", "version=7"),
        ("models:/empty/latest", "not found"),
        ("models:/nobody/latest", "nobody not found"),
        ("runs:/0123456789abcdef0123456789abcdef/x", "not found"),
    ],
)
def test_what_is_not_registered(store: tuple[str, str, str], uri: str, message: str) -> None:
    with pytest.raises(UsageError, match=rf"{uri}: .*{message}(.|\n)*there are .*models:/plates@best"):
        local_model_dir(uri)


@pytest.mark.parametrize("uri", ["models:/plates", "models:/plates/Production", "models:plates@best", "runs:1"])
def test_what_is_no_address(store: tuple[str, str, str], uri: str) -> None:
    with pytest.raises(UsageError, match=r"not an address(.|\n)*models:/NAME@ALIAS"):
        local_model_dir(uri)


def test_no_store_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(UsageError, match=r"no MLflow store here \(sqlite:///mlruns/mlflow.db does not exist\)"):
        local_model_dir("models:/plates@best")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(OutsideError, match=r"MLflow at http://127.0.0.1:9 failed"):
        local_model_dir("models:/plates@best")


class Server(SimpleHTTPRequestHandler):
    """What MLflow's server answers about models:/far@best, whose artifacts it keeps itself; counts the files sent."""

    sent = 0

    def do_GET(self) -> None:
        path = urlsplit(self.path).path.removeprefix("/api/2.0/")
        if path.endswith("registered-models/alias"):
            self._send({"model_version": {"name": "far", "version": "1"}})
        elif path.endswith("model-versions/get-download-uri"):
            self._send({"artifact_uri": "mlflow-artifacts:/inference"})
        elif path == "mlflow-artifacts/artifacts":
            files = Path(self.directory, "inference").iterdir()
            listed = [{"path": file.name, "is_dir": False, "file_size": file.stat().st_size} for file in files]
            self._send({"files": listed})
        elif path.startswith("mlflow-artifacts/artifacts/"):
            Server.sent += 1
            self.path = path.removeprefix("mlflow-artifacts/artifacts")
            super().do_GET()
        else:
            self._send({})

    def _send(self, value: object) -> None:
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def test_from_a_server_it_is_downloaded_once(exported_model: Path, tmp_path: Path, monkeypatch) -> None:
    assert exported_model.name == "inference"
    handler = functools.partial(Server, directory=str(exported_model.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{server.server_port}")
    try:
        found = local_model_dir("models:/far@best")
        sent = Server.sent
        assert local_model_dir("models:/far@best") == found
    finally:
        server.shutdown()
        server.server_close()
    assert found.is_relative_to(tmp_path / "models")
    assert model_sha256(found) == model_sha256(exported_model)
    assert Server.sent == sent == len(list(exported_model.iterdir()))
    assert not list((tmp_path / "models").glob(".*"))


def test_folders(tmp_path: Path, exported_model: Path) -> None:
    assert local_model_dir(exported_model) == local_model_dir(str(exported_model)) == exported_model
    shutil.copytree(exported_model, tmp_path / "best_accuracy" / "inference")
    assert local_model_dir(tmp_path / "best_accuracy") == tmp_path / "best_accuracy" / "inference"
    shutil.copytree(exported_model, tmp_path / "export")
    with pytest.raises(UsageError, match=r"several exported models in it: best_accuracy/inference, export"):
        local_model_dir(tmp_path)


def test_what_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"gone: no such folder"):
        local_model_dir(tmp_path / "gone")
    with pytest.raises(UsageError, match=r"file: a file; expected the folder"):
        local_model_dir(tmp_path / "file")
    with pytest.raises(UsageError, match=r"empty: no exported model in it: inference.yml is missing"):
        local_model_dir(tmp_path / "empty")


def test_is_registry_uri() -> None:
    assert is_registry_uri("models:/a@b") and is_registry_uri("runs:/1/a")
    assert not is_registry_uri("models/a") and not is_registry_uri(Path("models:/a"))
