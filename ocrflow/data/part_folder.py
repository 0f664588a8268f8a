"""The folder that holds an unfinished download, for one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ocrflow.errors import OutsideError, UsageError


@contextmanager
def part_folder(dest: Path) -> Iterator[Path]:
    """`DEST.part`, held by this process alone; removed afterwards if nothing is left in it.

    Raises:
        UsageError: another fetch into `dest` is running.
        OutsideError: the folder cannot be made.
    """
    import fcntl

    folder = Path(f"{dest}.part")
    lock = folder / "lock"
    with _opened(lock) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{dest}: another run that writes it is under way", fix="wait for it to end") from error
        try:
            yield folder
        finally:
            lock.unlink()
            if not any(folder.iterdir()):
                folder.rmdir()


def _opened(lock: Path) -> IO[str]:
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        return lock.open("w")
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutsideError(f"cannot write {lock.parent}: {reason}", fix="name a folder that you can write") from error
