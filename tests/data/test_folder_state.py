"""Whether anything in a folder changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrflow.data.folder_state import folder_state


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    for name in ("a.txt", "sub/b.txt", "sub/deep/车.txt", ".hidden"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "empty").mkdir()
    (root / "link").symlink_to("sub")
    return root


def same_size_and_time(path: Path) -> None:
    status = path.stat()
    with path.open("r+b") as file:
        file.write(b"S")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(0, path.stat().st_mtime_ns))
    other.replace(path)


def test_nothing_changed(folder: Path) -> None:
    before = folder_state(str(folder))
    assert before is not None and len(before) == 64
    (folder / "a.txt").read_text()
    assert folder_state(str(folder)) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "sub/deep/车.txt").write_text("more than there was"),
        lambda root: same_size_and_time(root / "sub/deep/车.txt"),
        lambda root: replaced(root / "a.txt"),
        lambda root: (root / "a.txt").touch(),
        lambda root: (root / "a.txt").chmod(0o600),
        lambda root: (root / "a.txt").unlink(),
        lambda root: (root / "a.txt").rename(root / "A.txt"),
        lambda root: (root / "sub/deep").rename(root / "deep"),
        lambda root: (root / "new").touch(),
        lambda root: (root / "empty/new").mkdir(),
        lambda root: (root / "empty").rmdir(),
        lambda root: (root / ".hidden").write_text("x"),
        lambda root: ((root / "link").unlink(), (root / "link").symlink_to("empty")),
    ],
)
def test_any_change_is_seen(folder: Path, change: Callable[[Path], object]) -> None:
    before = folder_state(str(folder))
    change(folder)
    assert folder_state(str(folder)) not in (before, None)


def test_the_files_behind_a_link_count(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "i.png").write_text("i")
    (folder / "images").symlink_to(outside)
    before = folder_state(str(folder))
    (outside / "i.png").write_text("j")
    assert folder_state(str(folder)) != before


def test_what_python_compiles_does_not_count(folder: Path) -> None:
    (folder / "__pycache__").mkdir()
    before = folder_state(str(folder))
    (folder / "__pycache__" / "x.pyc").touch()
    assert folder_state(str(folder)) == before


def test_names_that_are_not_utf8(folder: Path) -> None:
    before = folder_state(str(folder))
    (folder / os.fsdecode(b"\xc4\xe3.png")).touch()
    assert folder_state(str(folder)) not in (before, None)


def test_what_cannot_be_looked_at_has_no_state(folder: Path, tmp_path: Path) -> None:
    assert folder_state(str(tmp_path / "none")) is None
    assert folder_state(str(folder / "a.txt")) is None
    (folder / "broken").symlink_to("nowhere")
    assert folder_state(str(folder)) is None


def test_links_in_a_circle_end(folder: Path) -> None:
    for name in ("x", "y", "z"):
        (folder / "sub" / name).symlink_to("..")
    assert folder_state(str(folder)) is None
