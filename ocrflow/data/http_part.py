"""The part of a file that a download has brought so far, and what is needed to ask for the rest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import requests

from ocrflow.data.http_errors import Interrupted, shown
from ocrflow.files import read_json, write_json


class Part:
    """What has arrived at `path`, and which version of the file it is a part of.

    Attributes:
        note: the file beside `path` that says which version.
        version: what `note` says: address, ETag, Last-Modified, size in bytes; empty before the first answer.
        resumed_from: how many bytes were there at first and were kept.
    """

    def __init__(self, path: Path, url: str):
        self.path, self.url = path, url
        self.note = path.with_name(f"{path.name}.json")
        self.version = self._noted_version()
        if not self.version:
            self.drop()
        self.resumed_from = self.num_bytes

    def _noted_version(self) -> dict[str, Any]:
        try:
            version = read_json(self.note)
        except (OSError, ValueError):
            return {}
        return version if isinstance(version, dict) and version.get("url") == shown(self.url) else {}

    @property
    def num_bytes(self) -> int:
        """How much has arrived."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def is_complete(self) -> bool:
        """Whether all has arrived."""
        return self.version.get("complete", False) or self.num_bytes == self.version.get("num_bytes")

    @property
    def kept(self) -> str:
        """The end of an error message: what is not lost."""
        goes_on = self.num_bytes and self._name_of_version
        return f"; {self.num_bytes} bytes are kept and the next fetch goes on from there" if goes_on else ""

    @property
    def _name_of_version(self) -> str | None:
        """What If-Range may hold: a strong ETag, else the time of the last change."""
        etag = self.version.get("etag") or ""
        return self.version.get("last_modified") if etag.startswith("W/") or not etag else etag

    def headers(self) -> dict[str, str]:
        """The request for what is missing; without a name for the version there is no safe way to ask for a part."""
        headers = {"Accept-Encoding": "identity"}
        if self.num_bytes and self._name_of_version:
            headers |= {"Range": f"bytes={self.num_bytes}-", "If-Range": self._name_of_version}
        return headers

    def drop(self) -> None:
        """Forget everything, so that the next request is for the whole file."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
        self.version, self.resumed_from = {}, 0

    def begin(self, response: requests.Response) -> None:
        """Make ready for this answer's bytes: behind what is there if it is the rest, else in its place.

        Raises:
            Interrupted: the answer is a part, and not the one that is missing.
        """
        version = _version(response, self.url)
        if response.status_code == 206:
            first = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
            if not first or int(first[1]) != self.num_bytes or not self._is_same(version):
                self.drop()
                raise Interrupted("the server sent another part of the file than the one asked for")
            version |= {key: value for key, value in self.version.items() if value is not None}
        else:
            self.drop()
        self.version = version
        write_json(self.note, version)

    def _is_same(self, version: dict[str, Any]) -> bool:
        """Whether nothing that both versions say differs; the answer to a range need not repeat everything."""
        return all(
            None in (value, self.version.get(key)) or value == self.version[key] for key, value in version.items()
        )


def _version(response: requests.Response, url: str) -> dict[str, Any]:
    """The file an answer comes from: address, ETag, Last-Modified and size in bytes (None where unknown)."""
    size = response.headers.get("Content-Length", "")
    if response.status_code == 206:
        size = response.headers.get("Content-Range", "").rpartition("/")[2]
    return {
        "url": shown(url),
        "etag": response.headers.get("ETag"),
        "last_modified": response.headers.get("Last-Modified"),
        "num_bytes": int(size) if size.isdecimal() else None,
    }
