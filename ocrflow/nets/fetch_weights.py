"""Pretrained weights from a URL, as PaddleX's configurations name them: downloaded once, then taken from the cache.

`<cache>/weights/<first 16 digits of the URL's SHA-256>/NAME` with `NAME.sha256.json` beside it, which says where the
file is from, how long it is and its SHA-256. The cache is that of the fingerprints: `$OCRFLOW_CACHE_DIR`,
`$XDG_CACHE_HOME/ocrflow` or `~/.cache/ocrflow`. A file that somebody has put there by hand is as good.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from ocrflow.data.fingerprint_cache import cache_file
from ocrflow.errors import OutsideError
from ocrflow.files import read_json, sha256_of, write_failed, write_json
from ocrflow.progress import Advance, track

ENDINGS = (".pdparams", ".safetensors")


def place_of(url: str) -> Path:
    """Where the file of a URL is, or would be, in the cache."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    if not name.endswith(ENDINGS):
        name += ENDINGS[0]
    return cache_file().parent / "weights" / hashlib.sha256(url.encode()).hexdigest()[:16] / name


def fetch(url: str) -> Path:
    """The file of a URL, downloaded unless the cache has it; without network a cached file serves.

    Several processes may ask for the same file; one downloads it and the others wait.

    Raises:
        OutsideError: the download failed; names the path to put the file at. What has arrived is kept for the next try.
    """
    file = place_of(url)
    if _is_good(file):
        return file
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _alone(file.with_name(".lock")):
            if not _is_good(file):
                _download(url, file)
    except OSError as error:
        raise write_failed(file, error) from error
    return file


def _download(url: str, file: Path) -> None:
    from ocrflow.data.http_download import download
    from ocrflow.data.http_errors import shown

    fix = f"put the file at {file.resolve()}, or start from random weights: -o Train.pretrain_weight_path=null"
    part = file.with_name(f".{file.name}.part")
    print(f"downloading {shown(url)}", file=sys.stderr, flush=True)
    with _progress(file.name) as progress:
        got = download(url, part, fix=fix, progress=progress)
    with part.open("rb") as opened:
        is_page = opened.read(64).lstrip()[:1] == b"<"
    if is_page:
        part.unlink()
        raise OutsideError(f"{shown(url)} answered with a web page, not with weights", fix=fix)
    sums = {"bytes": got.num_bytes, "sha256": sha256_of(part)}
    write_json(_record(file), {**sums, "url": shown(url), "etag": got.etag, "time": time.strftime("%FT%T%z")})
    with part.open("rb") as opened:
        os.fsync(opened.fileno())
    part.replace(file)
    part.with_name(f"{part.name}.json").unlink(missing_ok=True)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int | None], None]]:
    """A function that shows how many bytes of how many there are, in MiB."""
    with ExitStack() as stack:
        shown: list[tuple[Advance, int]] = []

        def progress(done: int, total: int | None) -> None:
            if not shown:  # the total is known when the server has answered
                shown.append((stack.enter_context(track(name, round((total or 0) / 2**20))), 0))
            advance, before = shown[0]
            advance(round(done / 2**20) - before, note="MiB")
            shown[0] = advance, round(done / 2**20)

        yield progress


def _record(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256.json")


def _is_good(file: Path) -> bool:
    """Whether the cache has the file as it was downloaded, or as somebody has put it there."""
    if not file.is_file():
        return False
    try:
        noted = read_json(_record(file))
    except FileNotFoundError:
        print(f"using {file} (put there by hand)", file=sys.stderr, flush=True)
        return True
    except (OSError, ValueError):
        return False
    if (file.stat().st_size, sha256_of(file)) == (noted.get("bytes"), noted.get("sha256")):
        return True
    print(f"{file} is not what was downloaded (size or SHA-256); downloading it again", file=sys.stderr, flush=True)
    return False


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock between processes inside the block."""
    with lock.open("w") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
