"""`ocrflow data fetch`: where it puts a dataset and what it shows."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ocrflow import progress
from ocrflow.cli import main
from ocrflow.data.fetch_command import fetch_command
from ocrflow.data.public_sets import MIRROR_VARIABLE

NAME = "ccpd_text_det"


def archive_of(size: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo(f"{NAME}/train.txt")
        info.size = size
        tar.addfile(info, io.BytesIO(os.urandom(size)))
    return buffer.getvalue()


ARCHIVE = archive_of(5_000_000)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(ARCHIVE)))
        self.end_headers()
        self.wfile.write(ARCHIVE)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        monkeypatch.setenv(MIRROR_VARIABLE, f"http://127.0.0.1:{server.server_port}/data")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_download_shows_how_much_of_how_much(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    fetch_command(NAME, None, None)
    out, err = capsys.readouterr()
    folder = Path("dataset", NAME).resolve()
    assert out == f"{folder}: {len(ARCHIVE)} bytes, sha256 {hashlib.sha256(ARCHIVE).hexdigest()}\n"
    assert (folder / "train.txt").stat().st_size == 5_000_000
    lines = err.splitlines()
    assert all(line.startswith(f"{NAME}: ") for line in lines)
    assert f"{NAME}: 5/5" in lines[-1]
    assert lines[-1].endswith("s MiB")


def test_a_second_time_nothing_is_done(server: HTTPServer, capsys: pytest.CaptureFixture[str]) -> None:
    fetch_command(NAME, "here", None)
    capsys.readouterr()
    server.shutdown()
    fetch_command(NAME, "here", None)
    assert capsys.readouterr().out == f"{Path('here').resolve()}: is there already\n"


def test_a_local_archive_through_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("copy.tar").write_bytes(ARCHIVE)
    assert main(["data", "fetch", NAME, "deep/folder", "--from", "copy.tar"]) == 0
    assert hashlib.sha256(ARCHIVE).hexdigest() in capsys.readouterr().out
    assert Path("deep/folder/train.txt").is_file()


def test_an_unknown_name_through_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "fetch", "ccpd"]) == 2
    assert f"fix: ocrflow data fetch {NAME}" in capsys.readouterr().err
    assert list(Path().iterdir()) == []
