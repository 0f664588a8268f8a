"""Fetching one image or PDF over HTTP into memory: bounded in bytes and time, and nothing but an image or a PDF."""

from __future__ import annotations

import time

import requests
from urllib3.exceptions import HTTPError

from ocrflow.data.http_errors import Interrupted, interrupted, shown
from ocrflow.errors import DataError
from ocrflow.inference.kinds import START, looks_like_input

MOST_BYTES = 64 * 2**20
TIMEOUT_S = (10.0, 20.0)  # to connect, and for each read
WHOLE_TIMEOUT_S = 120.0
SCHEMES = ("http://", "https://")
_REDIRECTS = 5
_RETRY_WAIT_S = 0.5
_CHUNK_BYTES = 2**16
_PASSING_STATUS = (408, 429, 500, 502, 503, 504)


def is_url(text: str) -> bool:
    """Whether it is an address that `fetched` takes."""
    return text.lower().startswith(SCHEMES)


def fetched(url: str) -> bytes:
    """The bytes behind `url`; a failure that may pass is tried once more.

    Redirects are followed to http and https only. Proxies and certificates come from the environment.

    Raises:
        DataError: no answer in time, an error status, too many bytes, or something else than an image or a PDF.
    """
    try:
        try:
            return _received(url)
        except Interrupted as error:
            if not error.may_pass:
                raise
            time.sleep(_RETRY_WAIT_S)
            return _received(url)
    except Interrupted as error:
        raise DataError(f"{shown(url)}: {error}") from error


def _received(url: str) -> bytes:
    try:
        with requests.Session() as session:
            session.max_redirects = _REDIRECTS
            headers = {"Accept-Encoding": "identity"}
            with session.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
                return _body(response)
    except (requests.RequestException, HTTPError) as error:
        raise interrupted(error, TIMEOUT_S) from error


def _body(response: requests.Response) -> bytes:
    code = response.status_code
    if code != 200:
        raise Interrupted(f"the server answered HTTP {code} {response.reason}", code in _PASSING_STATUS)
    most = f"more than the {MOST_BYTES // 2**20} MB that are fetched at most"
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise Interrupted(f"the server announces {int(announced) / 2**20:.0f} MB, {most}", False)
    content, checked, ends = bytearray(), False, time.monotonic() + WHOLE_TIMEOUT_S
    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=False):
        content += chunk
        if not checked and len(content) >= START:
            _require_input(bytes(content[:START]), response)
            checked = True
        if len(content) > MOST_BYTES:
            raise Interrupted(f"the server sends {most}", False)
        if time.monotonic() > ends:
            raise Interrupted(f"not complete after {WHOLE_TIMEOUT_S:g} s", False)
    if announced.isdecimal() and len(content) < int(announced):
        raise Interrupted(f"the connection ended after {len(content)} of {announced} bytes")
    _require_input(bytes(content[:START]), response)
    return bytes(content)


def _require_input(start: bytes, response: requests.Response) -> None:
    if not start:
        raise Interrupted("the server sent nothing", False)
    if not looks_like_input(start):
        kind = response.headers.get("Content-Type", "of no type")
        raise Interrupted(f"the server sent something that is neither an image nor a PDF ({kind})", False)
