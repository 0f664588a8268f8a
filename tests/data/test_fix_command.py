"""`ocrflow data fix`."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocrflow.data.fingerprint import data_version
from ocrflow.data.fix_command import fix_command
from ocrflow.data.fix_rules import RULES
from ocrflow.errors import DataError, OutsideError, UsageError


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Twelve images; Windows line ends, a missing image and a character that dict.txt lacks."""
    root = tmp_path / "set"
    (root / "images").mkdir(parents=True)
    rng = np.random.default_rng(2)
    names = [f"images/{number}.png" for number in range(12)]
    for name in names:
        Image.fromarray(rng.integers(0, 256, (20, 60, 3), dtype=np.uint8)).save(root / name)
    (root / "train.txt").write_text("".join(f"{name}\tab\r\n" for name in [*names[:8], "images/none.png"]), newline="")
    (root / "val.txt").write_text("".join(f"{name}\taz\n" for name in names[8:]))
    (root / "dict.txt").write_text("a\nb\na\n")
    return root


def test_it_says_what_changed_and_what_is_left(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fix_command(str(dataset), str(tmp_path / "new"))
    printed = capsys.readouterr().out
    assert "rows 9 in train.txt + 4 in val.txt; 12 images, 0 of them written anew" in printed
    assert f"1  crlf               {RULES['crlf']}" in printed
    assert "have other classes now" in printed
    assert "left as it is: 5 errors, 0 warnings" in printed
    assert "4  error    label_unknown_character" in printed
    assert "1  error    image_missing" in printed
    assert "crlf" not in printed.split("left as it is")[1]


def test_a_clean_dataset_is_said_to_be_clean(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (dataset / "train.txt").read_text().splitlines()
    (dataset / "train.txt").write_text("".join(f"{line}\n" for line in lines[:-1]))
    (dataset / "dict.txt").write_text("a\nb\nz\n")
    fix_command(str(dataset), str(tmp_path / "new"))
    printed = capsys.readouterr().out
    assert "nothing was to be changed" in printed and "nothing, check_dataset passes" in printed


def test_the_dataset_may_lie_deeper(dataset: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    shutil.move(dataset, outer / "set")
    fix_command(str(outer), str(tmp_path / "new"))
    assert (tmp_path / "new" / "train.txt").is_file()
    with pytest.raises(UsageError, match="never changed"):
        fix_command(str(outer), str(outer / "new"))


def test_what_is_there_is_never_replaced(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    fix_command(str(dataset), str(tmp_path / "new"))
    version = data_version(tmp_path / "new")
    with pytest.raises(UsageError, match="new or empty folder"):
        fix_command(str(dataset), str(tmp_path / "new"))
    with pytest.raises(UsageError, match="never changed"):
        fix_command(str(dataset), str(dataset / "new"))
    assert data_version(tmp_path / "new") == version


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": "text_reading"}, "no task 'text_reading'"),
        ({"link": "soft"}, "expected copy, hard, symlink"),
        ({"encoding": "gb-none"}, "no such encoding"),
    ],
)
def test_wrong_arguments_are_refused_before_anything(
    dataset: Path, tmp_path: Path, arguments: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        fix_command(str(dataset), str(tmp_path / "new"), **arguments)
    assert not (tmp_path / "new").exists()


def test_no_dataset_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="dataset_missing"):
        fix_command(str(tmp_path / "none"), str(tmp_path / "new"))


def test_a_full_disk_leaves_nothing(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = []

    def full(source: Path, target: Path) -> None:
        copied.append(source)
        if len(copied) > 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        Path(target).write_bytes(Path(source).read_bytes())

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(OutsideError, match="No space left"):
        fix_command(str(dataset), str(tmp_path / "new"))
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


_KILLED = """
import os, shutil, sys
from pathlib import Path
from ocrflow.data import fix_command, fix_images
step = int(sys.argv[3])
copy, replace, done = shutil.copy2, Path.replace, []
def counted(work):
    def counting(*arguments):
        done.append(work)
        if len(done) > step:
            os.kill(os.getpid(), 9)
        return work(*arguments)
    return counting
shutil.copy2 = counted(copy)
Path.replace = counted(replace)
fix_command.fix_command(sys.argv[1], sys.argv[2])
"""


@pytest.mark.parametrize("step", [0, 5, 12, 13])
def test_a_killed_run_leaves_nothing_and_the_next_one_completes(dataset: Path, tmp_path: Path, step: int) -> None:
    version = data_version(dataset)
    command = [sys.executable, "-c", _KILLED, str(dataset), str(tmp_path / "new"), str(step)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == -9
    assert not (tmp_path / "new").exists()
    assert data_version(dataset) == version
    fix_command(str(dataset), str(tmp_path / "new"))
    assert len(list((tmp_path / "new" / "images").iterdir())) == 12
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "set"]
