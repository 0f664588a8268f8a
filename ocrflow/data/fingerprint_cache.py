"""What was found in a file once need not be found again while the file is unchanged.

One SQLite file in the user's cache folder (`$OCRFLOW_CACHE_DIR`, `$XDG_CACHE_HOME/ocrflow` or `~/.cache/ocrflow`)
holds for each image its size, times, hash and all facts. An entry counts while size, modification time and
status-change time are the same to the nanosecond. The cache never stops work: what cannot be read or written in it
is found anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ocrflow.data.image_facts import ImageFacts

VERSION = 20_410_02  # of the facts: 2, OpenCV 4.10, 02; to be raised when any look at an image changes
KEPT_DAYS = 90
_NEWEST_S = 0.1  # a file younger than this may change within its time stamp
_CREATE = """
CREATE TABLE IF NOT EXISTS folder (id INTEGER PRIMARY KEY, path TEXT UNIQUE, day INTEGER);
CREATE TABLE IF NOT EXISTS file (folder INTEGER, name TEXT, size INTEGER, mtime INTEGER, ctime INTEGER, md5 TEXT,
    width INTEGER, height INTEGER, problem TEXT, message TEXT, dhash BLOB, orientation INTEGER, notes TEXT,
    PRIMARY KEY (folder, name)) WITHOUT ROWID;
"""
Stamp = tuple[int, int, int]  # bytes, modification and status-change time in nanoseconds


def cache_file() -> Path:
    """Where the cache is."""
    base = os.environ.get("OCRFLOW_CACHE_DIR")
    if base:
        return Path(base, "fingerprints.sqlite")
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home, "ocrflow", "fingerprints.sqlite")


def stamp_of(path: str | Path) -> Stamp | None:
    """Size and times of a regular file; None for anything else."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path for each of a million files costs seconds
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


class FingerprintCache:
    """The facts of images by file. Folders are loaded whole when their first file is asked for."""

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, tuple[object, ...]]] = {}
        self._new: dict[str, list[tuple[object, ...]]] = {}

    def facts(self, path: str) -> tuple[ImageFacts | None, Stamp | None]:
        """What is known of the image at the absolute `path`, and the file's stamp as it is now."""
        stamp = stamp_of(path)
        entry = self._entry(path, stamp)
        return (_facts_of(entry) if entry else None), stamp

    def md5(self, path: str) -> str | None:
        """The hex MD5 of the file at the absolute `path`, if it is known."""
        entry = self._entry(path, stamp_of(path))
        return str(entry[3]) if entry else None

    def _entry(self, path: str, stamp: Stamp | None) -> tuple[object, ...] | None:
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = _loaded(folder)
        entry = self._folders[folder].get(name)
        return entry if entry and entry[:3] == stamp else None

    def add(self, path: str, stamp: Stamp | None, facts: ImageFacts) -> None:
        """Remember facts that were found after `stamp` was taken."""
        if stamp is None or not facts.md5 or time.time_ns() - max(stamp[1:]) < _NEWEST_S * 1e9:
            return
        folder, name = os.path.split(path)
        notes = json.dumps(facts.notes) if facts.notes else ""
        entry = (name, *stamp, facts.md5, facts.width, facts.height, facts.problem or "", facts.message)
        self._new.setdefault(folder, []).append((*entry, facts.dhash, facts.orientation, notes))

    def save(self) -> None:
        """Write what was added."""
        if self._new:
            with _silent(), _database() as database:
                for folder, entries in self._new.items():
                    _store(database, folder, entries)
        self._new.clear()


def _facts_of(entry: Sequence[object]) -> ImageFacts:
    md5, width, height, problem, message, dhash, orientation, notes = entry[3:]
    pairs = tuple((code, text) for code, text in json.loads(notes)) if notes else ()  # type: ignore[arg-type]
    return ImageFacts(md5, width, height, problem or None, message, dhash, orientation, pairs)  # type: ignore[arg-type]


def _loaded(folder: str) -> dict[str, tuple[object, ...]]:
    query = """SELECT name, size, mtime, ctime, md5, width, height, problem, message, dhash, orientation, notes
        FROM file JOIN folder ON file.folder = folder.id WHERE folder.path = ?"""
    with _silent(), _database() as database:
        return {row[0]: row[1:] for row in database.execute(query, (folder,))}
    return {}


def _store(database: sqlite3.Connection, folder: str, entries: Iterable[tuple[object, ...]]) -> None:
    today = int(time.time() // 86400)
    database.execute("DELETE FROM file WHERE folder IN (SELECT id FROM folder WHERE day < ?)", (today - KEPT_DAYS,))
    database.execute("DELETE FROM folder WHERE day < ?", (today - KEPT_DAYS,))
    statement = "INSERT INTO folder (path, day) VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET day = excluded.day"
    database.execute(statement, (folder, today))
    (number,) = database.execute("SELECT id FROM folder WHERE path = ?", (folder,)).fetchone()
    places = ", ".join("?" * 13)
    database.executemany(f"INSERT OR REPLACE INTO file VALUES ({places})", ((number, *entry) for entry in entries))


def _silent() -> suppress:
    """A cache that cannot be read or written is no reason to stop."""
    return suppress(OSError, sqlite3.Error, UnicodeError)


@contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    """The open cache, committed at the end; one that another version wrote is begun anew."""
    path = cache_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=5)) as database, database:
        if database.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            database.executescript("DROP TABLE IF EXISTS file; DROP TABLE IF EXISTS folder;" + _CREATE)
            database.execute(f"PRAGMA user_version = {VERSION}")
        yield database
