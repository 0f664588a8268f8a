"""Fetching from a real server on this machine, which also misbehaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from ocrflow.errors import DataError
from ocrflow.inference import urls
from ocrflow.inference.urls import fetched, is_url

PNG = cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes()


class Server(BaseHTTPRequestHandler):
    """Answers by path; `asked` has every path that was asked for."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.path)
        answer = getattr(self, f"_{self.path.strip('/').partition('?')[0].replace('.', '_')}")
        answer()

    def _send(self, content: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def _a_png(self) -> None:
        self._send(PNG)

    def _a_pdf(self) -> None:
        self._send(b"%PDF-1.4 and so on")

    def _page_png(self) -> None:
        self._send(b"<html>log in first</html>", **{"Content-Type": "text/html"})

    def _gone(self) -> None:
        self._send(b"", 404)

    def _busy_once(self) -> None:
        self._send(PNG, 503 if self.asked.count(self.path) == 1 else 200)

    def _busy(self) -> None:
        self._send(PNG, 503)

    def _empty(self) -> None:
        self._send(b"")

    def _cut(self) -> None:
        self._send(PNG[:40], length=len(PNG))

    def _announced(self) -> None:
        self._send(PNG, length=10**9)

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(PNG + b"\0" * 2**16)
        except OSError:
            pass

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for byte in PNG * 100:
                self.wfile.write(bytes([byte]))
                time.sleep(0.02)
        except OSError:
            pass

    def _silent(self) -> None:
        time.sleep(1)

    def _moved(self) -> None:
        self._send(b"", 302, Location="/a.png")

    def _to_file(self) -> None:
        self._send(b"", 302, Location="file:///etc/passwd")

    def _round(self) -> None:
        self._send(b"", 302, Location="/round")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(urls, "_RETRY_WAIT_S", 0.01)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    Server.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["a.png", "moved", "busy.once", "a.png?size=2"])
def test_fetches(address: str, path: str) -> None:
    assert fetched(f"{address}/{path}") == PNG


def test_fetches_a_pdf(address: str) -> None:
    assert fetched(f"{address}/a.pdf") == b"%PDF-1.4 and so on"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("gone", "HTTP 404"),
        ("busy", "HTTP 503"),
        ("page.png", r"neither an image nor a PDF \(text/html\)"),
        ("empty", "sent nothing"),
        ("cut", "the connection"),
        ("announced", "announces 954 MB, more than the 64 MB"),
        ("to_file", "the request failed|not a usable address"),
        ("round", "TooManyRedirects"),
    ],
)
def test_what_is_refused(address: str, path: str, message: str) -> None:
    with pytest.raises(DataError, match=f"{address}/{path}: .*({message})"):
        fetched(f"{address}/{path}")


def test_a_failure_that_may_pass_is_tried_once_more(address: str) -> None:
    for path in ("busy", "gone"):
        with pytest.raises(DataError):
            fetched(f"{address}/{path}")
    assert Server.asked == ["/busy", "/busy", "/gone"]


def test_an_answer_without_end(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "MOST_BYTES", 2**20)
    with pytest.raises(DataError, match="sends more than the 1 MB"):
        fetched(f"{address}/endless")


def test_times(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "TIMEOUT_S", (5.0, 0.2))
    monkeypatch.setattr(urls, "WHOLE_TIMEOUT_S", 0.3)
    with pytest.raises(DataError, match=r"sent nothing for 0.2 s"):
        fetched(f"{address}/silent")
    with pytest.raises(DataError, match=r"not complete after 0.3 s"):
        fetched(f"{address}/slow")


def test_no_server_and_no_password_in_messages() -> None:
    with pytest.raises(DataError, match=r"http://127.0.0.1:9/a.png: the server refused") as caught:
        fetched("http://user:secret@127.0.0.1:9/a.png")
    assert "secret" not in str(caught.value)


def test_what_is_an_address() -> None:
    assert is_url("http://host/a.png") and is_url("HTTPS://host/a.png")
    assert not is_url("ftp://host/a.png") and not is_url("http.png")
