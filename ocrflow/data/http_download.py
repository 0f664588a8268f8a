"""Downloading one large file over HTTP so that an interruption costs only what had not arrived.

What has arrived stays in the target with a note beside it (`FILE.json`: address, ETag, Last-Modified, size). The next
attempt, in this call or a later one, asks for the rest with `Range` and `If-Range` (RFC 9110, 13.1.5 and 14.2): a
server whose file has changed, or that knows no ranges, sends everything and the download starts again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

from ocrflow.data.http_errors import Interrupted, interrupted, shown
from ocrflow.data.http_part import Part
from ocrflow.errors import OutsideError

Progress = Callable[[int, "int | None"], None]

RETRY_WAITS_S = (0.5, 1.0, 2.0, 4.0)
TIMEOUT_S = (10.0, 60.0)
_CHUNK_BYTES = 2**18
_RETRIED_STATUS = (408, 416, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Download:
    """A complete file.

    Attributes:
        num_bytes: its size, which is what the server announced.
        etag: the server's name for this version of the file; None if it gives none.
        resumed_from: how many bytes an earlier call had left, and this one kept.
    """

    path: Path
    num_bytes: int
    etag: str | None
    resumed_from: int


def download(url: str, path: Path, *, fix: str, progress: Progress | None = None) -> Download:
    """Download `url` to `path`, going on from what an earlier call left there.

    Connection errors, short answers and the statuses that may pass (5xx, 408, 429) are tried again after each of
    RETRY_WAITS_S; an attempt that brought new bytes starts the waits anew. Proxies and certificates come from the
    environment, as `requests` takes them.

    Args:
        fix: what the user can do instead; ends each error.
        progress: called with the bytes there are and the bytes there will be (None if the server does not say).

    Raises:
        OutsideError: no network, an error status, or a full disk; what has arrived is kept.
    """
    part = Part(path, url)
    tries_left, most_bytes = len(RETRY_WAITS_S), part.num_bytes
    with requests.Session() as session:
        while not part.is_complete:
            try:
                _receive(session, part, fix, progress)
            except Interrupted as error:
                if part.num_bytes > most_bytes:
                    tries_left, most_bytes = len(RETRY_WAITS_S), part.num_bytes
                if not (tries_left and error.may_pass):
                    raise OutsideError(f"cannot download {shown(url)}: {error}{part.kept}", fix=fix) from error
                time.sleep(RETRY_WAITS_S[-tries_left])
                tries_left -= 1
            except OSError as error:
                reason = error.strerror or str(error)
                room = f"make room on that disk (df -h {path.parent}) and run the command again"
                raise OutsideError(f"cannot write {path}: {reason}{part.kept}", fix=room) from error
    return Download(path, part.num_bytes, part.version.get("etag"), part.resumed_from)


def _receive(session: requests.Session, part: Part, fix: str, progress: Progress | None) -> None:
    """One request and its answer, written as it comes."""
    try:
        response = session.get(part.url, headers=part.headers(), stream=True, timeout=TIMEOUT_S)
    except requests.RequestException as error:
        raise interrupted(error, TIMEOUT_S) from error
    with response:
        _check_status(response, part, fix)
        part.begin(response)
        total = part.version["num_bytes"]
        with part.path.open("ab") as file:
            for chunk in _chunks(response):
                file.write(chunk)
                if progress:
                    progress(file.tell(), total)
    if total is None:
        part.version["complete"] = True
    elif part.num_bytes > total:
        part.drop()
        raise Interrupted(f"the server sent more than the {total} bytes it announced")
    elif part.num_bytes < total:
        raise Interrupted(f"the connection ended after {part.num_bytes} of {total} bytes")


def _check_status(response: requests.Response, part: Part, fix: str) -> None:
    status = f"the server answered HTTP {response.status_code} {response.reason}"
    if response.status_code == 416:
        part.drop()
    if response.status_code in _RETRIED_STATUS:
        raise Interrupted(status)
    if response.status_code not in (200, 206):
        raise OutsideError(f"cannot download {shown(part.url)}: {status}", fix=fix)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """The body's bytes as sent, not decoded: Content-Length counts these."""
    try:
        while chunk := response.raw.read(_CHUNK_BYTES, decode_content=False):
            yield chunk
    except HTTPError as error:
        raise interrupted(error, TIMEOUT_S) from error
