"""Weights from a URL, with a real server on this machine."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ocrflow.data import http_download
from ocrflow.errors import OutsideError
from ocrflow.nets.fetch_weights import fetch, place_of

CONTENT = bytes(range(256)) * 4000


class Server(ThreadingHTTPServer):
    """Serves CONTENT; `cut` answers end after so many bytes."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests, self.cuts, self.body = [], [], CONTENT
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/official/rec_pretrained.pdparams?x=1"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        server.requests.append(asked)
        if "missing" in self.path:
            self.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(server.body) - start))
        self.send_header("ETag", '"v1"')
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(server.body) - 1}/{len(server.body)}")
        self.end_headers()
        end = server.cuts.pop(0) if server.cuts else len(server.body)
        self.wfile.write(server.body[start:end])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(http_download, "RETRY_WAITS_S", (0.01, 0.01))
    return tmp_path / "cache"


def test_downloaded_once_and_used_without_network(server, cache):
    file = fetch(server.url)
    assert file.read_bytes() == CONTENT
    assert file.name == "rec_pretrained.pdparams" and file.is_relative_to(cache / "weights")
    noted = json.loads(file.with_name("rec_pretrained.pdparams.sha256.json").read_text("utf-8"))
    assert (noted["bytes"], noted["sha256"]) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert noted["url"] == server.url and noted["etag"] == '"v1"'
    names = {path.name for path in file.parent.iterdir()}
    assert names == {"rec_pretrained.pdparams", "rec_pretrained.pdparams.sha256.json", ".lock"}
    server.close()
    assert fetch(server.url) == file and server.requests == [None]


def test_two_urls_have_two_places():
    first, second = place_of("https://a.org/x/w.pdparams"), place_of("https://b.org/x/w.pdparams")
    assert first.name == second.name and first.parent != second.parent
    assert place_of("https://a.org/w").name == "w.pdparams"
    assert place_of("https://a.org/w%20x.safetensors?y").name == "w x.safetensors"
    assert place_of("https://a.org/").name == ".pdparams"


def test_an_interrupted_download_goes_on(server):
    server.cuts = [300_000, 700_000]
    assert fetch(server.url).read_bytes() == CONTENT
    assert server.requests == [None, "bytes=300000-", "bytes=700000-"]


def test_an_interrupted_download_is_no_file_and_the_next_call_goes_on(server):
    server.cuts = [300_000] * 3
    with pytest.raises(OutsideError, match="300000 bytes are kept and the next fetch goes on from there"):
        fetch(server.url)
    assert not place_of(server.url).exists()
    server.requests.clear()
    assert fetch(server.url).read_bytes() == CONTENT
    assert server.requests == ["bytes=300000-"]


def test_a_missing_file(server):
    url = server.url.replace("official", "missing")
    with pytest.raises(OutsideError, match="HTTP 404") as caught:
        fetch(url)
    assert caught.value.fix.startswith(f"put the file at {place_of(url)}, or start from random weights")
    assert len(server.requests) == 1


def test_no_network_names_the_place_and_a_file_put_there_is_used(server, capsys):
    server.close()
    with pytest.raises(OutsideError, match="the server refused the connection") as caught:
        fetch(server.url)
    place = caught.value.fix.removeprefix("put the file at ").partition(", or")[0]
    Path(place).write_bytes(b"by hand")
    assert fetch(server.url).read_bytes() == b"by hand"
    assert "put there by hand" in capsys.readouterr().err


@pytest.mark.parametrize("damage", [b"short", CONTENT[:-1] + b"x"])
def test_a_damaged_file_is_downloaded_again(server, capsys, damage):
    file = fetch(server.url)
    file.write_bytes(damage)
    assert fetch(server.url).read_bytes() == CONTENT
    assert "is not what was downloaded" in capsys.readouterr().err and len(server.requests) == 2


def test_a_web_page_is_no_file(server):
    """As a network answers that wants a login first."""
    server.body = b"\n<!DOCTYPE html><html>please log in</html>"
    with pytest.raises(OutsideError, match="answered with a web page"):
        fetch(server.url)
    assert not place_of(server.url).exists()
    server.body = CONTENT
    assert fetch(server.url).read_bytes() == CONTENT


def test_several_processes_download_it_once(server):
    code = f"from ocrflow.nets.fetch_weights import fetch; print(fetch({server.url!r}))"
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = {process.communicate(timeout=60)[0].strip() for process in started}
    assert said == {str(place_of(server.url))} and len(server.requests) == 1


def test_a_cache_that_cannot_be_written(server, cache):
    cache.parent.mkdir(exist_ok=True)
    cache.write_text("a file")
    with pytest.raises(
        OutsideError, match=r"cannot write .*Not a directory\n  fix: a file is where a folder is needed"
    ):
        fetch(server.url)
