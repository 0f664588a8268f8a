"""`ocrflow data fetch`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from ocrflow.data.fetch import fetch
from ocrflow.data.public_sets import public_set
from ocrflow.progress import Advance, track


def fetch_command(name: str, directory: str | None, archive: str | None) -> None:
    """Fetch a public dataset into `directory` (default dataset/NAME) with a progress display in MiB."""
    public_set(name)
    destination = Path(directory or f"dataset/{name}")
    with ExitStack() as stack:
        advance: Advance | None = None
        shown = 0

        def progress(done_bytes: int, total_bytes: int | None) -> None:
            nonlocal advance, shown
            if advance is None:  # the total is known when the server has answered
                advance = stack.enter_context(track(name, _mebibytes(total_bytes or 0)))
            advance(_mebibytes(done_bytes) - shown, note="MiB")
            shown = _mebibytes(done_bytes)

        result = fetch(name, destination, archive=Path(archive) if archive else None, progress=progress)
    state = "is there already" if result.unchanged else f"{result.num_bytes} bytes, sha256 {result.sha256}"
    print(f"{result.path}: {state}")


def _mebibytes(num_bytes: int) -> int:
    return -(-num_bytes // (1 << 20))
