"""Checkpoint folders: whole or not there, and a reader can tell."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from ocrflow.errors import OutsideError
from ocrflow.training import folders
from ocrflow.training.folders import fault_of, mend, record_of, remove, replacing_folder, same_file, seal

RECORD = {"epoch": 2}


def write(folder: Path, content: str = "abc", record: dict | None = None) -> Path:
    """A checkpoint folder with one file beside its record."""
    with replacing_folder(folder) as fresh:
        (fresh / f"{folder.name}.pdparams").write_text(content)
        seal(fresh, folder.name, record or RECORD)
    return folder


def sealed(folder: Path, name: str, content: str) -> None:
    """What a process that was killed before the renames has left."""
    folder.mkdir()
    (folder / f"{name}.pdparams").write_text(content)
    seal(folder, name, RECORD)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_complete(tmp_path):
    folder = write(tmp_path / "latest")
    assert names(tmp_path) == ["latest"] and names(folder) == ["latest.info.json", "latest.pdparams"]
    assert fault_of(folder) == ""
    assert record_of(folder)["epoch"] == 2
    (folder / "inference").mkdir()
    (folder / "inference" / "x").touch()
    assert fault_of(folder) == ""


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda folder: (folder / "latest.pdparams").unlink(), "latest.pdparams is missing"),
        (lambda folder: (folder / "latest.pdparams").write_text("ab"), "latest.pdparams has 2 bytes, expected 3"),
        (lambda folder: (folder / "latest.pdparams").write_text("abd"), "the content of latest.pdparams is not"),
        (lambda folder: (folder / "latest.info.json").unlink(), "latest.info.json, which is written last, is missing"),
        (lambda folder: (folder / "latest.info.json").write_text("{"), "latest.info.json, which is written last"),
        (lambda folder: (folder / "latest.info.json").write_text("{}"), "has no list of files"),
    ],
)
def test_damaged(tmp_path, damage, fault):
    folder = write(tmp_path / "latest")
    damage(folder)
    assert fault in fault_of(folder)


def test_an_error_keeps_the_old_one(tmp_path):
    write(tmp_path / "latest", "old")
    with pytest.raises(OutsideError, match=r"cannot write .*latest: No space"), replacing_folder(tmp_path / "latest"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert names(tmp_path) == ["latest"]
    assert (tmp_path / "latest" / "latest.pdparams").read_text() == "old"


def test_everything_is_on_the_disk_before_the_name_changes(tmp_path, monkeypatch):
    """Else a loss of power could leave the new name with empty files."""
    events: list[tuple[str, str]] = []
    sync, rename = folders.sync, Path.rename
    monkeypatch.setattr(folders, "sync", lambda path: (events.append(("sync", path.name)), sync(path)))
    monkeypatch.setattr(
        Path, "rename", lambda self, target: (events.append(("rename", self.name)), rename(self, target))[1]
    )
    write(tmp_path / "latest")
    written = {("sync", "latest.pdparams"), ("sync", "latest.info.json"), ("sync", ".latest.new")}
    assert set(events[:3]) == written
    assert events[3:] == [("rename", ".latest.new"), ("sync", tmp_path.name)]


@pytest.mark.parametrize(
    ("left", "content"),
    [
        ([".latest.old"], "old"),
        ([".latest.old", ".latest.new"], "new"),
        ([".latest.old", "half"], "old"),
        (["latest", ".latest.old"], "new"),
        (["latest", ".latest.new"], "old"),
    ],
    ids=["between the renames", "between, both whole", "new one cut off", "old one left over", "before the renames"],
)
def test_what_a_killed_process_left(tmp_path, left, content):
    if ".latest.old" in left:
        sealed(tmp_path / ".latest.old", "latest", "old")
    if "latest" in left:
        sealed(tmp_path / "latest", "latest", "new" if ".latest.old" in left else "old")
    if ".latest.new" in left:
        sealed(tmp_path / ".latest.new", "latest", "new")
    if "half" in left:
        (tmp_path / ".latest.new").mkdir()
        (tmp_path / ".latest.new" / "latest.pdparams").write_text("n")
    mend(tmp_path)
    assert names(tmp_path) == ["latest"]
    assert (tmp_path / "latest" / "latest.pdparams").read_text() == content


def test_mending_touches_nothing_else(tmp_path):
    write(tmp_path / "iter_epoch_3")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "train").mkdir()
    mend(tmp_path)
    mend(tmp_path / "not there")
    assert names(tmp_path) == [".hidden", "iter_epoch_3", "train"]


def test_removed(tmp_path):
    remove(write(tmp_path / "iter_epoch_1"))
    remove(tmp_path / "iter_epoch_1")
    assert names(tmp_path) == []


def test_a_second_name_takes_no_room_and_outlives_the_first(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("x")
    same_file(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").stat().st_ino == (tmp_path / "b").stat().st_ino
    (tmp_path / "a").unlink()
    assert (tmp_path / "b").read_text() == "x"

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    same_file(tmp_path / "b", tmp_path / "c")
    assert (tmp_path / "c").read_text() == "x"


def test_the_record_is_json_a_person_can_read(tmp_path):
    text = (write(tmp_path / "latest") / "latest.info.json").read_text("utf-8")
    assert set(json.loads(text)) == {"epoch", "files"} and text.startswith('{\n  "epoch": 2')
