"""Rewriting a dataset's lists: kills, full disks, originals."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ocrflow.data.split_in_place import JOURNAL, recover, refuse_unfinished, replace_lists
from ocrflow.errors import DataError, OutsideError

OLD = {"train.txt": b"a\t1\r\nb\t2", "val.txt": b"c\t3\n"}
NEW = {"train.txt": "a\t1\nc\t3\n" * 500, "val.txt": "b\t2\n"}
EVENTS = 60  # more than a split has

INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from ocrflow.data.split_in_place import replace_lists

root, how, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
seen = 0

def step(event, spends=True):
    global seen
    seen += 1
    if how == "kill" and seen == number:
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "full" and seen >= number and spends:
        raise OSError(28, "No space left on device")

def audit(event, arguments):
    writes = event == "open" and arguments[1] not in ("r", "rb", None)
    if (writes or event in ("os.rename", "os.remove", "os.chmod")) and str(arguments[0]).startswith(root):
        step(event, spends=event in ("open", "os.rename"))

fsync = os.fsync

def cut_fsync(descriptor):
    if seen + 1 >= number and os.fstat(descriptor).st_size and os.path.isfile(f"/proc/self/fd/{descriptor}"):
        os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
    step("fsync")
    fsync(descriptor)

os.fsync = cut_fsync
sys.addaudithook(audit)
texts = {"train.txt": "a\\t1\\nc\\t3\\n" * 500, "val.txt": "b\\t2\\n"}
replace_lists(Path(root), texts)
print(seen)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def lists(root: Path) -> dict[str, bytes | None]:
    return {name: (root / name).read_bytes() if (root / name).exists() else None for name in OLD}


def encoded(texts: dict[str, str]) -> dict[str, bytes | None]:
    return {name: text.encode() for name, text in texts.items()}


def interrupted(root: Path, how: str, number: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", INTERRUPTED, str(root), how, str(number)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def assert_whole(root: Path, backups: dict[str, bytes]) -> None:
    """The lists are the old or the new ones, the originals are kept, nothing else lies about."""
    assert lists(root) in (OLD, encoded(NEW))
    names = {path.name for path in root.iterdir()} - set(OLD)
    assert names <= {f"{name}.bak" for name in backups}
    if lists(root) == encoded(NEW):
        assert len(names) == len(backups)
    for name in names:
        assert (root / name).read_bytes() == backups[name.removesuffix(".bak")]


def test_lists_are_replaced_and_originals_kept(root: Path) -> None:
    (root / "train.txt").chmod(0o640)
    replace_lists(root, NEW)
    assert lists(root) == encoded(NEW)
    assert_whole(root, OLD)
    assert (root / "train.txt").stat().st_mode & 0o777 == (root / "train.txt.bak").stat().st_mode & 0o777 == 0o640


def test_a_later_split_never_touches_the_originals(root: Path) -> None:
    replace_lists(root, NEW)
    replace_lists(root, {"train.txt": "x\ty\n", "val.txt": "z\tz\n"})
    assert lists(root) == {"train.txt": b"x\ty\n", "val.txt": b"z\tz\n"}
    assert {name: (root / f"{name}.bak").read_bytes() for name in OLD} == OLD


def test_a_list_that_the_first_split_made_is_no_original(root: Path) -> None:
    (root / "val.txt").unlink()
    replace_lists(root, NEW)
    replace_lists(root, {"train.txt": "x\ty\n", "val.txt": "z\tz\n"})
    assert {path.name for path in root.iterdir()} == {"train.txt", "val.txt", "train.txt.bak"}


def test_the_same_lists_again_change_nothing(root: Path) -> None:
    texts = {name: content.decode() for name, content in OLD.items()}
    before = (root / "train.txt").stat()
    replace_lists(root, texts)
    assert {path.name for path in root.iterdir()} == set(OLD)
    assert (root / "train.txt").stat().st_mtime_ns == before.st_mtime_ns


def test_a_link_is_replaced_and_not_followed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = tmp_path_factory.mktemp("store") / "train"
    (root / "train.txt").rename(store)
    (root / "train.txt").symlink_to(store)
    store.chmod(0o444)
    replace_lists(root, NEW)
    assert not (root / "train.txt").is_symlink() and store.read_bytes() == OLD["train.txt"]
    assert_whole(root, OLD)


@pytest.mark.parametrize("how", ["kill", "full"])
def test_any_interruption_leaves_old_or_new(tmp_path: Path, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A process is killed, or the disk is full, at each of its steps; a file being written is cut in half."""
    ends = []
    for number in range(1, EVENTS):
        root = tmp_path / str(number)
        root.mkdir()
        for name, content in OLD.items():
            (root / name).write_bytes(content)
        done = interrupted(root, how, number)
        if done.returncode == 0:
            break  # it has fewer steps
        assert done.returncode == -9 if how == "kill" else "OutsideError" in done.stderr and "df -h" in done.stderr
        if lists(root) not in (OLD, encoded(NEW)):
            with pytest.raises(DataError, match="in_place=true completes it"):
                refuse_unfinished(root)
        recover(root)
        refuse_unfinished(root)
        assert_whole(root, OLD)
        ends.append("new" if lists(root) == encoded(NEW) else "old")
        replace_lists(root, NEW)
        assert lists(root) == encoded(NEW)
        assert_whole(root, OLD)
    assert ends == sorted(ends, reverse=True) and ends.count("old") > 10 and ends.count("new") > 5
    told = capsys.readouterr().out
    assert "completed an in-place split" in told and (how == "full" or "had left" in told)


def test_a_second_split_that_is_killed_keeps_the_first_originals(tmp_path: Path) -> None:
    for number in (1, 5, 9, 10, 11, 12, 13):
        root = tmp_path / str(number)
        root.mkdir()
        for name, content in OLD.items():
            (root / name).write_bytes(content)
            (root / f"{name}.bak").write_bytes(b"first")
        assert interrupted(root, "kill", number).returncode == -9
        recover(root)
        assert_whole(root, dict.fromkeys(OLD, b"first"))


def test_a_real_write_that_fails_halfway(root: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
from ocrflow.data.split_in_place import replace_lists
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
replace_lists(Path(sys.argv[1]), {"train.txt": "a\\t1\\n" * 500, "val.txt": "b\\t2\\n"})
"""
    command = [sys.executable, "-c", script, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode and "OutsideError" in done.stderr
    assert lists(root) == OLD
    assert_whole(root, OLD)


def test_nothing_is_done_without_an_interruption(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recover(root)
    refuse_unfinished(root)
    assert lists(root) == OLD and not capsys.readouterr().out


def test_a_list_that_was_edited_meanwhile_is_not_overwritten(root: Path) -> None:
    number = next(n for n in range(1, EVENTS) if half_done(root, n))
    before = lists(root)
    (root / "val.txt").write_bytes(b"by hand\t1\n")
    with pytest.raises(DataError, match=r"val\.txt was changed after an in-place split was interrupted") as caught:
        recover(root)
    assert (root / "val.txt").read_bytes() == b"by hand\t1\n" and (root / "train.txt").read_bytes() == before[
        "train.txt"
    ]
    subprocess.run(str(caught.value).partition("now: ")[2], shell=True, check=True)
    recover(root)
    assert number and (root / "val.txt").read_bytes() == b"by hand\t1\n"
    assert (root / "train.txt.bak").read_bytes() == OLD["train.txt"]


def half_done(root: Path, number: int) -> bool:
    """Whether a kill at this step leaves one new and one old list; the others are undone."""
    interrupted(root, "kill", number)
    if lists(root) not in (OLD, encoded(NEW)):
        return True
    for path in root.iterdir():
        path.unlink()
    for name, content in OLD.items():
        (root / name).write_bytes(content)
    return False


@pytest.mark.parametrize(
    ("journal", "reason"),
    [
        ('{"format": 99}', "format 99"),
        ("{", "not the journal"),
        ('{"format": 1, "files": {"../x": {"old": null, "new": null}}}', "a name with a folder"),
        ('{"format": 1, "files": []}', "not the journal"),
    ],
)
def test_a_journal_that_is_not_understood_is_left_alone(root: Path, journal: str, reason: str) -> None:
    (root / JOURNAL).write_text(journal)
    with pytest.raises(DataError, match=reason):
        recover(root)
    assert lists(root) == OLD and (root / JOURNAL).exists()


def test_two_splits_at_once(root: Path) -> None:
    import fcntl

    folder = os.open(root, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with pytest.raises(OutsideError, match="another process"):
        replace_lists(root, NEW)
    assert lists(root) == OLD
    os.close(folder)
    replace_lists(root, NEW)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(root: Path) -> None:
    root.chmod(0o555)
    with pytest.raises(OutsideError, match="cannot write"):
        replace_lists(root, NEW)
    root.chmod(0o755)
    assert lists(root) == OLD
