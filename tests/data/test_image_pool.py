"""Inspecting many files with several processes and a memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrflow.data import fingerprint_cache, image_pool, images
from ocrflow.data.image_facts import ImageFacts
from ocrflow.data.image_pool import inspect_all
from ocrflow.errors import OutsideError


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache that trusts files of any age."""
    monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(fingerprint_cache, "_NEWEST_S", 0)
    return tmp_path / "cache"


def made(folder: Path, count: int) -> dict[str, Path]:
    """Images of different widths; the second is missing, the third no image."""
    folder.mkdir()
    paths = {f"i{number}": folder / f"{number}.png" for number in range(count)}
    for number, path in enumerate(paths.values()):
        cv2.imwrite(str(path), np.full((8, 8 + number % 50, 3), number % 256, np.uint8))
    paths["i1"].unlink()
    paths["i2"].write_bytes(b"hello")
    return paths


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A file that gets a byte for each look at an image, by any process."""
    log, inspect = tmp_path / "looks", images.inspect
    log.touch()

    def logged(path: Path) -> ImageFacts:
        with log.open("ab") as file:
            file.write(b".")
        return inspect(path)

    monkeypatch.setattr(images, "inspect", logged)
    yield log


@pytest.mark.parametrize("count", [3, 9, 300])
def test_all_are_inspected_in_order(tmp_path: Path, count: int) -> None:
    paths = made(tmp_path / "images", count)
    facts = inspect_all(paths, "test")
    assert list(facts) == list(paths)
    assert (facts["i1"].problem, facts["i2"].problem) == ("image_missing", "image_undecodable")
    good = [number for number in range(count) if number not in (1, 2)]
    assert [facts[f"i{number}"].width for number in good] == [8 + number % 50 for number in good]
    assert all(facts[key] == images.inspect(path) for key, path in paths.items())


def test_nothing_to_do(own_cache: Path) -> None:
    assert inspect_all({}, "test") == {}
    assert not own_cache.exists()


def test_unchanged_files_are_not_looked_at_again(tmp_path: Path, looks: Path) -> None:
    paths = made(tmp_path / "images", 20)
    first = inspect_all(paths, "test")
    assert looks.stat().st_size == 20
    assert inspect_all(paths, "test") == first
    assert looks.stat().st_size == 21, "the missing file has nothing that could be remembered"


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path, looks: Path) -> None:
    paths = made(tmp_path / "images", 20)
    first = inspect_all(paths, "test")
    status = paths["i5"].stat()
    with paths["i5"].open("r+b") as file:
        file.write(b"no image")
    os.utime(paths["i5"], ns=(status.st_atime_ns, status.st_mtime_ns))
    again = inspect_all(paths, "test")
    assert first["i5"].problem is None and again["i5"].problem == "image_undecodable"
    assert {key for key in paths if first[key] != again[key]} == {"i5"}


@pytest.mark.parametrize("broken", ["file in the way", "garbage"])
def test_the_same_without_a_working_cache(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    paths = made(tmp_path / "images", 12)
    first = inspect_all(paths, "test")
    if broken == "garbage":
        (own_cache / "fingerprints.sqlite").write_bytes(b"no database" * 1000)
    else:
        monkeypatch.setenv("OCRFLOW_CACHE_DIR", str(paths["i0"] / "cache"))
    assert inspect_all(paths, "test") == first
    assert inspect_all(paths, "test") == first


def test_a_relative_path_is_that_of_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, width in (("a", 10), ("b", 20)):
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "x.png"), np.zeros((8, width, 3), np.uint8))
    for name, width in (("a", 10), ("b", 20), ("a", 10)):
        monkeypatch.chdir(tmp_path / name)
        assert inspect_all({"x": Path("x.png")}, "test")["x"].width == width


def test_a_process_that_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> None:
    """As the system does to one that needs too much memory."""
    paths, inspect = made(tmp_path / "images", 200), images.inspect

    def killed(path: Path) -> ImageFacts:
        if path.name == "150.png":
            os.kill(os.getpid(), signal.SIGKILL)
        return inspect(path)

    monkeypatch.setattr(images, "inspect", killed)
    with pytest.raises(OutsideError, match="was ended by the system") as raised:
        inspect_all(paths, "test")
    assert raised.value.exit_code == 3 and "free memory" in raised.value.fix
    monkeypatch.setattr(images, "inspect", inspect)
    assert len(inspect_all(paths, "test")) == 200


def test_a_defect_in_a_process_is_raised_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> ImageFacts:
        raise ZeroDivisionError

    monkeypatch.setattr(images, "inspect", fail)
    with pytest.raises(ZeroDivisionError):
        inspect_all(made(tmp_path / "images", 10), "test")


def test_heavy_images_are_decoded_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    decode = images.decode_listening

    def logged(content: bytes, flags: int) -> tuple[np.ndarray | None, str]:
        with log.open("a") as file:
            file.write("begin\n")
        found = decode(content, flags)
        with log.open("a") as file:
            file.write("end\n")
        return found

    monkeypatch.setattr(images, "decode_listening", logged)
    monkeypatch.setattr(images, "HEAVY_PIXELS", 1)
    monkeypatch.setattr(image_pool, "_CHUNK", 2)
    paths = made(tmp_path / "images", 40)
    paths["i2"].unlink()
    assert len(inspect_all(paths, "test")) == 40
    assert log.read_text() == "begin\nend\n" * 38, "all but the missing ones, never two at once"


def test_ctrl_c_is_answered_by_the_parent_alone() -> None:
    """The signal goes to the whole group, as a terminal sends it."""
    program = (
        "import signal, sys, time\nfrom pathlib import Path\nfrom ocrflow.data import image_pool, images\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
        "images.inspect = lambda path: time.sleep(0.003)\n"
        "print('ready', flush=True)\n"
        "try: image_pool.inspect_all({str(n): Path(str(n)) for n in range(100_000)}, 'x')\n"
        "except KeyboardInterrupt: print('interrupted', flush=True)"
    )
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    assert process.stdout and process.stdout.readline() == b"ready\n"
    try:
        process.communicate(timeout=1)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert out == b"interrupted\n" and b"Traceback" not in err
