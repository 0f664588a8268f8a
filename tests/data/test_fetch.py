"""Fetching from a server on this machine that can resume, forget, change, break off and refuse."""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import socket
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ocrflow.data import http_download
from ocrflow.data.fetch import fetch
from ocrflow.data.fetch_record import record_path
from ocrflow.data.part_folder import part_folder
from ocrflow.data.public_sets import MIRROR_VARIABLE
from ocrflow.errors import DataError, OutsideError, UsageError

NAME = "ccpd_text_det"


def tar_of(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(f"{NAME}/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


NOISE = os.urandom(1_500_000)
ARCHIVE = tar_of(train=b"images/a.jpg\t[]\n", image=NOISE)
CHANGED = tar_of(train=b"images/b.jpg\t[]\n", image=NOISE[::-1])


class Server(HTTPServer):
    """Serves one archive; the attributes are how it behaves and what it saw."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = ARCHIVE
        self.etag: str | None = '"one"'
        self.last_modified: str | None = None
        self.knows_ranges = True
        self.heeds_if_range = True
        self.skips = 0
        self.tells_length = True
        self.cuts: list[int] = []
        self.statuses: list[int] = []
        self.seen: list[tuple[str, str | None, str | None]] = []

    @property
    def ranges(self) -> list[str | None]:
        return [range_ for _, range_, _ in self.seen]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        server.seen.append((self.path, self.headers["Range"], self.headers["If-Range"]))
        if server.statuses and (status := server.statuses.pop(0)) != 200:
            self.send_error(status)
            return
        first = self._first_byte()
        if first is not None and first >= len(server.content):
            self.send_error(416)
            return
        body = server.content[first or 0 :]
        self.send_response(200 if first is None else 206)
        if first is not None:
            self.send_header("Content-Range", f"bytes {first}-{len(server.content) - 1}/{len(server.content)}")
        for header, value in (("ETag", server.etag), ("Last-Modified", server.last_modified)):
            if value:
                self.send_header(header, value)
        if server.tells_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: server.cuts.pop(0)] if server.cuts else body)

    def _first_byte(self) -> int | None:
        wanted = self.headers["Range"]
        current = self.headers["If-Range"] in (None, self.server.etag, self.server.last_modified)
        if not wanted or not self.server.knows_ranges or (self.server.heeds_if_range and not current):
            return None
        return int(wanted.removeprefix("bytes=").removesuffix("-")) + self.server.skips

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    monkeypatch.setattr(http_download, "RETRY_WAITS_S", (0.01, 0.01, 0.01))
    with Server() as server:
        monkeypatch.setenv(MIRROR_VARIABLE, f"http://127.0.0.1:{server.server_port}/data")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def interrupted_fetch(server: Server, dest: Path, num_bytes: int) -> None:
    """A fetch that ends after `num_bytes`: the connection is cut, then the server is out of order."""
    server.cuts, server.statuses = [num_bytes], [200, 503, 503, 503]
    with pytest.raises(OutsideError, match=f"HTTP 503.*{num_bytes} bytes are kept"):
        fetch(NAME, dest)
    server.seen.clear()


def assert_fetched(dest: Path, archive: bytes = ARCHIVE) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        expected = {Path(info.name).name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]
    assert {path.name: path.read_bytes() for path in dest.iterdir()} == expected
    assert {path.name for path in dest.parent.iterdir()} == {dest.name, f"{dest.name}.fetched.json"}


def test_a_fetch_unpacks_and_leaves_a_record(server: Server, tmp_path: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    result = fetch(NAME, tmp_path / "data", progress=lambda done, total: steps.append((done, total)))
    assert_fetched(tmp_path / "data")
    assert result.sha256 == hashlib.sha256(ARCHIVE).hexdigest()
    assert (result.num_bytes, result.resumed_from, result.unchanged) == (len(ARCHIVE), 0, False)
    assert server.seen == [(f"/data/{NAME}.tar", None, None)]
    assert steps[-1] == (len(ARCHIVE), len(ARCHIVE)) and steps == sorted(steps) and len(steps) > 1
    record = json.loads((tmp_path / "data.fetched.json").read_text())
    assert record["url"] == f"http://127.0.0.1:{server.server_port}/data/{NAME}.tar"
    assert (record["sha256"], record["num_bytes"], record["etag"]) == (result.sha256, len(ARCHIVE), '"one"')
    assert record["fetched_at"].endswith("+00:00")


def test_an_interrupted_fetch_goes_on_from_the_byte(server: Server, tmp_path: Path) -> None:
    interrupted_fetch(server, tmp_path / "data", 700_000)
    result = fetch(NAME, tmp_path / "data")
    assert server.seen == [(f"/data/{NAME}.tar", "bytes=700000-", '"one"')]
    assert result.resumed_from == 700_000
    assert_fetched(tmp_path / "data")


def test_without_an_etag_the_time_of_change_names_the_version(server: Server, tmp_path: Path) -> None:
    server.etag, server.last_modified = None, "Tue, 01 Oct 2024 10:00:00 GMT"
    interrupted_fetch(server, tmp_path / "data", 700_000)
    assert fetch(NAME, tmp_path / "data").resumed_from == 700_000
    assert server.seen[0][1:] == ("bytes=700000-", server.last_modified)
    assert_fetched(tmp_path / "data")


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_name_for_the_version_it_starts_again(etag: str | None, server: Server, tmp_path: Path) -> None:
    server.etag = etag
    server.cuts, server.statuses = [700_000], [200, 503, 503, 503]
    with pytest.raises(OutsideError) as error:
        fetch(NAME, tmp_path / "data")
    assert "are kept" not in str(error.value)
    assert fetch(NAME, tmp_path / "data").resumed_from == 0
    assert server.ranges == [None] * 5
    assert_fetched(tmp_path / "data")


def test_a_file_that_changed_on_the_server_starts_again(server: Server, tmp_path: Path) -> None:
    interrupted_fetch(server, tmp_path / "data", 700_000)
    server.content, server.etag = CHANGED, '"two"'
    assert fetch(NAME, tmp_path / "data").resumed_from == 0
    assert server.ranges == ["bytes=700000-"]
    assert_fetched(tmp_path / "data", CHANGED)


def test_a_changed_file_is_seen_when_the_server_does_not_heed_if_range(server: Server, tmp_path: Path) -> None:
    interrupted_fetch(server, tmp_path / "data", 700_000)
    server.content, server.etag, server.heeds_if_range = CHANGED, '"two"', False
    assert fetch(NAME, tmp_path / "data").resumed_from == 0
    assert server.ranges == ["bytes=700000-", None]
    assert_fetched(tmp_path / "data", CHANGED)


def test_a_server_that_sends_another_part_starts_again(server: Server, tmp_path: Path) -> None:
    interrupted_fetch(server, tmp_path / "data", 700_000)
    server.skips = 1000
    assert fetch(NAME, tmp_path / "data").resumed_from == 0
    assert server.ranges == ["bytes=700000-", None]
    assert_fetched(tmp_path / "data")


def test_a_server_without_ranges_starts_again(server: Server, tmp_path: Path) -> None:
    interrupted_fetch(server, tmp_path / "data", 700_000)
    server.knows_ranges = False
    assert fetch(NAME, tmp_path / "data").resumed_from == 0
    assert_fetched(tmp_path / "data")


def test_another_mirror_starts_again(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted_fetch(server, tmp_path / "data", 700_000)
    monkeypatch.setenv(MIRROR_VARIABLE, f"http://127.0.0.1:{server.server_port}/mirror")
    assert fetch(NAME, tmp_path / "data").resumed_from == 0
    assert server.seen == [(f"/mirror/{NAME}.tar", None, None)]


def test_a_part_longer_than_the_file_starts_again(server: Server, tmp_path: Path) -> None:
    interrupted_fetch(server, tmp_path / "data", 700_000)
    with (tmp_path / "data.part" / f"{NAME}.tar").open("ab") as part:
        part.write(bytes(len(ARCHIVE)))
    fetch(NAME, tmp_path / "data")
    assert server.ranges == [f"bytes={700_000 + len(ARCHIVE)}-", None]
    assert_fetched(tmp_path / "data")


def test_a_cut_in_the_middle_is_tried_again_from_there(server: Server, tmp_path: Path) -> None:
    server.cuts = [600_000, 300_000]
    assert fetch(NAME, tmp_path / "data").resumed_from == 0
    assert server.ranges == [None, "bytes=600000-", "bytes=900000-"]
    assert_fetched(tmp_path / "data")


def test_a_slow_advance_is_not_given_up(server: Server, tmp_path: Path) -> None:
    server.cuts = [100_000] * 10
    fetch(NAME, tmp_path / "data")
    assert len(server.seen) == 11
    assert_fetched(tmp_path / "data")


def test_no_advance_is_given_up(server: Server, tmp_path: Path) -> None:
    server.knows_ranges, server.cuts = False, [100_000] * 50
    with pytest.raises(OutsideError, match=r"the connection was cut|ended after"):
        fetch(NAME, tmp_path / "data")
    assert len(server.seen) == 4
    assert not (tmp_path / "data").exists()


def test_without_content_length(server: Server, tmp_path: Path) -> None:
    server.tells_length = False
    steps: list[tuple[int, int | None]] = []
    fetch(NAME, tmp_path / "data", progress=lambda done, total: steps.append((done, total)))
    assert steps[-1] == (len(ARCHIVE), None)
    assert_fetched(tmp_path / "data")


def test_server_errors_pass(server: Server, tmp_path: Path) -> None:
    server.statuses = [500, 503]
    fetch(NAME, tmp_path / "data")
    assert len(server.seen) == 3
    assert_fetched(tmp_path / "data")


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_is_told_at_once(status: int, server: Server, tmp_path: Path) -> None:
    server.statuses = [status]
    with pytest.raises(OutsideError, match=f"{NAME}.tar: the server answered HTTP {status}") as error:
        fetch(NAME, tmp_path / "data")
    assert f"ocrflow data fetch {NAME} {tmp_path / 'data'} --from {NAME}.tar" in error.value.fix
    assert len(server.seen) == 1 and not list(tmp_path.iterdir())


def test_no_server(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://someone:secret@127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv(MIRROR_VARIABLE, url)
        with pytest.raises(OutsideError, match="the server refused the connection") as error:
            fetch(NAME, tmp_path / "data")
    shown = f"{url.replace('someone:secret@', '')}/{NAME}.tar"
    assert shown in str(error.value) and "secret" not in str(error.value)
    assert error.value.fix.startswith(f"download {shown} on another machine and unpack it to {tmp_path / 'data'}")
    assert not list(tmp_path.iterdir())


def test_an_unknown_server(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, "http://datasets.invalid")
    with pytest.raises(OutsideError, match="name cannot be resolved"):
        fetch(NAME, tmp_path / "data")


def test_a_silent_server(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_download, "TIMEOUT_S", (1.0, 0.05))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv(MIRROR_VARIABLE, f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(OutsideError, match=r"the server sent nothing for 0\.05 s"):
            fetch(NAME, tmp_path / "data")


def test_a_dead_proxy_is_named(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused.getsockname()[1]}")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv(MIRROR_VARIABLE, "http://datasets.invalid")
        with pytest.raises(OutsideError, match="the proxy that the environment names"):
            fetch(NAME, tmp_path / "data")


def test_a_second_fetch_returns_at_once(server: Server, tmp_path: Path) -> None:
    first = fetch(NAME, tmp_path / "data")
    second = fetch(NAME, tmp_path / "data")
    assert (second.sha256, second.num_bytes, second.unchanged) == (first.sha256, first.num_bytes, True)
    assert len(server.seen) == 1
    with pytest.raises(UsageError, match="nothing is overwritten"):
        fetch("handwrite_chinese_text_rec", tmp_path / "data")


def test_a_folder_changed_since_is_not_taken_for_the_dataset(server: Server, tmp_path: Path) -> None:
    fetch(NAME, tmp_path / "data")
    (tmp_path / "data" / "train").write_bytes(b"mine")
    with pytest.raises(UsageError, match="changed since"):
        fetch(NAME, tmp_path / "data")
    assert (tmp_path / "data" / "train").read_bytes() == b"mine"


def test_a_full_folder_is_not_touched(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine").write_bytes(b"mine")
    with pytest.raises(UsageError, match="expected a new or empty folder"):
        fetch(NAME, tmp_path / "data")
    assert not server.seen and [path.name for path in tmp_path.rglob("*")] == ["data", "mine"]


def test_another_checksum_than_recorded_is_refused(server: Server, tmp_path: Path) -> None:
    first = fetch(NAME, tmp_path / "data")
    (tmp_path / "data").rename(tmp_path / "old")
    record = record_path(tmp_path / "data").read_bytes()
    server.content, server.etag = CHANGED, '"two"'
    with pytest.raises(DataError) as error:
        fetch(NAME, tmp_path / "data")
    got = hashlib.sha256(CHANGED).hexdigest()
    assert f"expected sha256 {first.sha256}, got {got}" in str(error.value)
    assert record_path(tmp_path / "data").read_bytes() == record
    assert {path.name for path in tmp_path.iterdir()} == {"old", "data.fetched.json"}
    record_path(tmp_path / "data").unlink()
    assert fetch(NAME, tmp_path / "data").sha256 == got


def test_a_record_that_is_none_is_told_before_downloading(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data.fetched.json").write_text("{}")
    with pytest.raises(DataError, match="not a record of a fetch"):
        fetch(NAME, tmp_path / "data")
    assert not server.seen


def test_a_bad_archive_is_not_kept_for_the_next_fetch(server: Server, tmp_path: Path) -> None:
    server.content = ARCHIVE[: len(ARCHIVE) // 2]
    with pytest.raises(DataError, match="damaged or cut short"):
        fetch(NAME, tmp_path / "data")
    assert not list(tmp_path.iterdir())
    server.content, server.etag = ARCHIVE, '"two"'
    fetch(NAME, tmp_path / "data")
    assert_fetched(tmp_path / "data")


def test_a_local_archive_needs_no_network(server: Server, tmp_path: Path) -> None:
    local = tmp_path / "elsewhere" / "copy.tar"
    local.parent.mkdir()
    local.write_bytes(ARCHIVE)
    dest = tmp_path / "work" / "data"
    result = fetch(NAME, dest, archive=local)
    assert_fetched(dest)
    assert result.sha256 == hashlib.sha256(ARCHIVE).hexdigest() and not server.seen
    assert json.loads(record_path(dest).read_text())["url"] is None
    assert fetch(NAME, dest, archive=local).unchanged and fetch(NAME, dest).unchanged
    local.write_bytes(CHANGED)
    with pytest.raises(UsageError, match="was not fetched from"):
        fetch(NAME, dest, archive=local)
    with pytest.raises(UsageError, match="no such file"):
        fetch(NAME, tmp_path / "new", archive=tmp_path / "none.tar")


def test_a_disk_that_refuses_keeps_the_part(server: Server, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, hard))
    try:
        with pytest.raises(OutsideError, match=r"cannot write .*File too large; 800000 bytes are kept"):
            fetch(NAME, tmp_path / "data")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert fetch(NAME, tmp_path / "data").resumed_from == 800_000
    assert_fetched(tmp_path / "data")


def test_a_complete_archive_whose_unpacking_failed_is_not_downloaded_again(server: Server, tmp_path: Path) -> None:
    server.content = ARCHIVE = tar_of(image=bytes(1_000_000), other=b"x")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    interrupted_fetch(server, tmp_path / "data", len(ARCHIVE) - 1)
    part = tmp_path / "data.part" / f"{NAME}.tar"
    part.write_bytes(ARCHIVE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        with pytest.raises(OutsideError, match="cannot unpack"):
            fetch(NAME, tmp_path / "data")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert part.read_bytes() == ARCHIVE
    assert fetch(NAME, tmp_path / "data").resumed_from == len(ARCHIVE)
    assert not server.seen
    assert_fetched(tmp_path / "data", ARCHIVE)


def test_two_fetches_into_one_folder_do_not_mix(server: Server, tmp_path: Path) -> None:
    with part_folder(tmp_path / "data"), pytest.raises(UsageError, match="another run"):
        fetch(NAME, tmp_path / "data")
    fetch(NAME, tmp_path / "data")
    assert_fetched(tmp_path / "data")
