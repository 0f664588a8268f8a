"""The whole command: real sources in temporary folders, kills at several instants, and a disk that fills up."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrflow.data.importers.command import import_command
from ocrflow.data.labels import read_rows
from ocrflow.errors import DataError, OutsideError, UsageError

COUNT = 100


@pytest.fixture(scope="module")
def plates(tmp_path_factory: pytest.TempPathFactory, paint: Callable[..., Path]) -> Path:
    """A PPOCRLabel folder of 100 pictures; read only."""
    folder = tmp_path_factory.mktemp("source") / "plates"
    lines = []
    for number in range(COUNT):
        paint(folder / f"{number}.png", seed=number, width=200, height=150)
        box = {"transcription": f"A{number}", "points": [[9, 9], [99, 9], [99, 40], [9, 40]], "difficult": False}
        lines.append(f"plates/{number}.png\t{json.dumps([box])}\n")
    (folder / "Label.txt").write_text("".join(lines))
    return folder


def run(sources: list[Path], destination: Path, crop: bool = False, skip_faulty: bool = False) -> None:
    import_command("ppocrlabel", [str(source) for source in sources], str(destination), crop, 20, 0, skip_faulty)


def content_of(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def with_a_bad_line(plates: Path, folder: Path) -> Path:
    shutil.copytree(plates, folder / "plates")
    with (folder / "plates" / "Label.txt").open("a") as file:
        file.write("plates/no.png\t[]\n")
    return folder / "plates"


def test_one_source(plates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content_of(plates)
    (tmp_path / "new").mkdir()
    run([plates], tmp_path / "new")
    rows = [read_rows(tmp_path / "new" / f"{split}.txt") for split in ("train", "val")]
    assert sum(map(len, rows)) == COUNT
    for row in rows[0] + rows[1]:
        name = Path(row.image).name
        assert (tmp_path / "new" / row.image).read_bytes() == (plates / name).read_bytes()
        assert json.loads(row.text)[0]["transcription"] == f"A{Path(name).stem}"
    assert content_of(plates) == before
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    out = capsys.readouterr().out
    assert f"100 pictures; 100 boxes, 0 of them ignored; 100 samples: {len(rows[0])} train + {len(rows[1])} val" in out
    assert f"next: ocrflow check-dataset -c PP-OCRv6_tiny_det -o Global.dataset_dir={tmp_path / 'new'}" in out


def test_the_same_command_gives_the_same_bytes(plates: Path, tmp_path: Path) -> None:
    run([plates], tmp_path / "one", crop=True)
    run([plates], tmp_path / "two", crop=True)
    assert content_of(tmp_path / "one") == content_of(tmp_path / "two")


def test_several_sources_merge(plates: Path, tmp_path: Path, paint: Callable[..., Path]) -> None:
    other = tmp_path / "b" / "plates"
    paint(other / "0.png", seed=1000)
    shutil.copy(plates / "1.png", other / "copy.png")
    lines = (plates / "Label.txt").read_text().splitlines(keepends=True)
    (other / "Label.txt").write_text(lines[0] + lines[1].replace("1.png", "copy.png"))
    run([plates, other], tmp_path / "new")
    images = {row.image for split in ("train", "val") for row in read_rows(tmp_path / "new" / f"{split}.txt")}
    assert len(images) == COUNT + 1
    assert "images/plates/0_2.png" in images
    assert (tmp_path / "new" / "images/plates/0_2.png").read_bytes() == (other / "0.png").read_bytes()


def test_one_problem_and_nothing_is_written(plates: Path, tmp_path: Path) -> None:
    source = with_a_bad_line(plates, tmp_path)
    with pytest.raises(DataError, match=rf"nothing was imported\n1 problem:\n  {source}/Label.txt:101: .*no such file"):
        run([source], tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["plates"]


def test_faulty_samples_are_left_out_when_asked(
    plates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = with_a_bad_line(plates, tmp_path)
    run([source], tmp_path / "new", skip_faulty=True)
    (line,) = (tmp_path / "new" / "import_skipped.jsonl").read_text().splitlines()
    assert json.loads(line)["origin"] == f"{source}/Label.txt:101"
    assert "1 faulty left out" in capsys.readouterr().out


def test_no_sample_at_all(tmp_path: Path) -> None:
    (tmp_path / "plates").mkdir()
    (tmp_path / "plates" / "Label.txt").write_text("")
    for skip_faulty in (False, True):
        with pytest.raises(DataError, match="no sample to import"):
            run([tmp_path / "plates"], tmp_path / "new", skip_faulty=skip_faulty)
    assert not (tmp_path / "new").exists()


def test_wrong_arguments(plates: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        run([tmp_path / "no"], tmp_path / "new")
    with pytest.raises(UsageError, match="lies in the source"):
        run([plates], plates / "new")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    with pytest.raises(UsageError, match="not empty"):
        run([plates], tmp_path / "full")
    with pytest.raises(UsageError, match="1 to 99"):
        import_command("ppocrlabel", [str(plates)], str(tmp_path / "new"), False, 100, 0, False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]


@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("pooled", [False, True])
def test_a_full_disk_leaves_nothing(
    crop: bool, pooled: bool, plates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocrflow.data.workers.POOL_FROM", 10 if pooled else 1000)
    done = 0

    def refuse(*_: object) -> None:
        nonlocal done
        done += 1
        if done == 30:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("ocrflow.data.importers.pictures.shutil.copyfile", refuse)
    monkeypatch.setattr("ocrflow.data.importers.pictures.Path.write_bytes", refuse)
    with pytest.raises(OutsideError, match="No space left") as error:
        run([plates], tmp_path / "new", crop=crop)
    assert "df -h" in error.value.fix
    assert not list(tmp_path.iterdir())


def test_a_full_disk_at_the_lists_leaves_nothing(plates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("ocrflow.data.importers.writer._Writer._count", refuse)
    monkeypatch.setattr("ocrflow.data.workers.POOL_FROM", 10)
    with pytest.raises(OutsideError, match="No space left"):
        run([plates], tmp_path / "new")
    assert not list(tmp_path.iterdir())


CODE = """
import sys
from ocrflow.data.importers.command import import_command
import_command("ppocrlabel", [sys.argv[1]], sys.argv[2], True, 20, 0, False)
"""


def images_in(folder: Path) -> int:
    return len(list((folder / "images" / "plates").glob("*"))) if (folder / "images" / "plates").is_dir() else 0


@pytest.mark.parametrize("images", [0, 1, 50, COUNT])
def test_a_kill_at_any_time_leaves_nothing_or_the_whole(images: int, plates: Path, tmp_path: Path) -> None:
    new, staged = tmp_path / "new", tmp_path / "new.part" / "dataset"
    process = subprocess.Popen([sys.executable, "-c", CODE, plates, new], start_new_session=True)
    while process.poll() is None and not (staged.is_dir() and images_in(staged) >= images) and not new.exists():
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _wait_for_the_workers(process.pid)
    if not new.exists():
        run([plates], new, crop=True)
    assert images_in(new) == COUNT
    assert sum(len(read_rows(new / f"{split}.txt")) for split in ("train", "val")) == COUNT


def _wait_for_the_workers(session: int) -> None:
    """They end with their parent, within a moment."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    os.killpg(session, signal.SIGKILL)
    raise AssertionError("a worker outlived the import")
