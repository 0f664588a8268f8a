"""`ocrflow data fetch`."""

from __future__ import annotations

from pathlib import Path

from ocrflow.data.fetch import fetch
from ocrflow.data.public_sets import public_set
from ocrflow.progress import track


def fetch_command(name: str, directory: str | None, archive: str | None) -> None:
    """Fetch a public dataset into `directory` (default dataset/NAME) with a progress display in MiB."""
    public_set(name)
    destination = Path(directory or f"dataset/{name}")
    with track(name, 0) as advance:
        shown = 0

        def progress(done_bytes: int, total_bytes: int | None) -> None:
            nonlocal shown
            mebibytes = done_bytes >> 20
            of_total = f" of {total_bytes >> 20} MiB" if total_bytes else ""
            advance(mebibytes - shown, note=f"MiB{of_total}")
            shown = mebibytes

        result = fetch(name, destination, archive=Path(archive) if archive else None, progress=progress)
    state = "is there already" if result.unchanged else f"{result.num_bytes} bytes, sha256 {result.sha256}"
    print(f"{result.path}: {state}")
