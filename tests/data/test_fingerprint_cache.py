"""What is remembered of unchanged files, and that a broken memory stops nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrflow.data import fingerprint_cache
from ocrflow.data.fingerprint_cache import FingerprintCache, cache_file, stamp_of
from ocrflow.data.image_facts import ImageFacts

FACTS = ImageFacts(
    "ab" * 16, 80, 24, None, "", bytes(range(32)), 6, (("image_suffix", "车"), ("image_exif_rotated", "6"))
)
NEWEST_S = fingerprint_cache._NEWEST_S
BAD = ImageFacts("cd" * 16, problem="image_truncated", message="ends early")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache that trusts files of any age."""
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(fingerprint_cache, "_NEWEST_S", 0)
    return tmp_path / "cache" / "fingerprints.sqlite"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "images" / "ü 车.png"
    path.parent.mkdir()
    path.write_bytes(b"twelve bytes")
    return path


def remember(path: Path, facts: ImageFacts = FACTS) -> None:
    cache = FingerprintCache()
    cache.add(str(path), stamp_of(path), facts)
    cache.save()


def known(path: Path) -> ImageFacts | None:
    return FingerprintCache().facts(str(path))[0]


def rewritten_in_place(path: Path) -> None:
    """Other bytes, same size, same modification time, same inode: only the status-change time tells."""
    status = path.stat()
    with path.open("r+b") as file:
        file.write(b"T")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)


@pytest.mark.parametrize("facts", [FACTS, BAD, ImageFacts("0" * 32)])
def test_an_unchanged_file_is_known_with_all_its_facts(image: Path, own_cache: Path, facts: ImageFacts) -> None:
    assert known(image) is None
    remember(image, facts)
    assert known(image) == facts
    assert FingerprintCache().facts(str(image))[1] == stamp_of(image)
    assert FingerprintCache().md5(str(image)) == facts.md5
    assert own_cache.is_file()


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b"thirteen byte"),
        lambda path: os.utime(path, ns=(0, path.stat().st_mtime_ns + 1)),
        lambda path: os.utime(path, ns=(0, 0)),
        rewritten_in_place,
        lambda path: path.chmod(0o600),
    ],
    ids=["size", "one nanosecond later", "older", "same size and time", "only the ctime"],
)
def test_a_changed_file_is_unknown(image: Path, change: Callable[[Path], object]) -> None:
    remember(image)
    change(image)
    assert known(image) is None
    assert FingerprintCache().md5(str(image)) is None
    remember(image, BAD)
    assert known(image) == BAD


def test_another_file_of_the_name_is_unknown(image: Path) -> None:
    remember(image)
    other = image.with_name("other")
    other.write_bytes(b"other  bytes")
    os.utime(other, ns=(0, image.stat().st_mtime_ns))
    other.replace(image)
    assert known(image) is None


def test_a_file_that_is_gone_or_no_file_has_no_stamp(image: Path, tmp_path: Path) -> None:
    remember(image)
    image.unlink()
    assert FingerprintCache().facts(str(image)) == (None, None)
    assert FingerprintCache().facts(str(tmp_path)) == (None, None)
    assert FingerprintCache().facts("a\0b") == (None, None)
    cache = FingerprintCache()
    cache.add(str(image), None, FACTS)
    cache.add(str(tmp_path), (1, 2, 3), ImageFacts(problem="image_unreadable"))
    cache.save()
    assert known(tmp_path) is None


def test_a_file_that_was_just_written_is_not_trusted(image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may change again within the resolution of its times."""
    assert NEWEST_S >= 0.02
    monkeypatch.setattr(fingerprint_cache, "_NEWEST_S", 60)
    remember(image)
    assert known(image) is None


def test_files_of_many_folders(tmp_path: Path) -> None:
    cache = FingerprintCache()
    paths = [tmp_path / f"{folder}" / f"{number}.png" for folder in range(5) for number in range(7)]
    for number, path in enumerate(paths):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * number)
        cache.add(str(path), stamp_of(path), ImageFacts(f"{number:032}"))
    cache.save()
    again = FingerprintCache()
    assert [again.md5(str(path)) for path in paths] == [f"{number:032}" for number in range(35)]


def test_the_folder_of_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_file() == tmp_path / "cache" / "fingerprints.sqlite"
    monkeypatch.delenv("OCRFLOW_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_file() == tmp_path / "xdg" / "ocrflow" / "fingerprints.sqlite"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_file() == tmp_path / ".cache" / "ocrflow" / "fingerprints.sqlite"


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no database " * 500)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def torn(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(bytes(content))


def other_tables(path: Path) -> None:
    database = sqlite3.connect(path)
    database.executescript("DROP TABLE file; CREATE TABLE file (x);")
    database.close()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [garbage, truncated, torn, other_tables, a_folder])
def test_a_damaged_cache_knows_nothing_and_stops_nothing(
    image: Path, own_cache: Path, damage: Callable[[Path], None]
) -> None:
    remember(image)
    damage(own_cache)
    assert known(image) is None
    remember(image)
    assert known(image) in (None, FACTS)


def test_a_cache_that_cannot_be_written(image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(tmp_path / "file" / "cache"))
    remember(image)
    assert known(image) is None
    assert (tmp_path / "file").read_text() == "mine"


def test_a_cache_of_another_version_is_begun_anew(
    image: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(image)
    monkeypatch.setattr(fingerprint_cache, "VERSION", fingerprint_cache.VERSION + 1)
    assert known(image) is None
    remember(image, BAD)
    assert known(image) == BAD
    monkeypatch.undo()
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(own_cache.parent))
    assert known(image) is None


def test_a_cache_that_another_process_writes_is_waited_for_or_left(
    image: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(image)
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, timeout: connect(path, timeout=0.05))
    with connect(own_cache) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert known(image) is None
        remember(image, BAD)
    writer.close()
    assert known(image) == FACTS


def test_folders_that_were_not_looked_at_for_long_are_forgotten(
    image: Path, tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(image)
    other = tmp_path / "other.png"
    other.write_bytes(b"x")
    now = fingerprint_cache.time.time
    later = now() + (fingerprint_cache.KEPT_DAYS + 2) * 86400
    monkeypatch.setattr(fingerprint_cache.time, "time", lambda: later)
    remember(other)
    assert known(image) is None and known(other) == FACTS
    with sqlite3.connect(own_cache) as database:
        assert database.execute("SELECT count(*) FROM file").fetchone() == (1,)
    database.close()


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Both begin an empty cache and add their own folder; both are known afterwards, or one had to give up."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom ocrflow.data import fingerprint_cache as c\n"
        "from ocrflow.data.image_facts import ImageFacts\nc._NEWEST_S = 0\n"
        "folder = Path(sys.argv[1]); folder.mkdir()\ncache = c.FingerprintCache()\n"
        "for n in range(300):\n"
        "    path = folder / str(n); path.touch()\n"
        "    cache.add(str(path), c.stamp_of(path), ImageFacts('%032d' % n))\n"
        "cache.save()"
    )
    names = [str(tmp_path / name) for name in "ab"]
    running = [subprocess.Popen([sys.executable, "-c", program, name], stderr=subprocess.PIPE) for name in names]
    assert [process.communicate(timeout=60)[1] for process in running] == [b"", b""]
    assert [process.returncode for process in running] == [0, 0]
    cache = FingerprintCache()
    assert all(cache.md5(f"{name}/{n}") in (f"{n:032}", None) for name in names for n in range(300))
    assert any(cache.md5(f"{name}/7") for name in names)
