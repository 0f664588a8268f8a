"""Unpacking: what good archives become, and that bad ones write nothing anywhere."""

from __future__ import annotations

import gzip
import io
import os
import resource
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ocrflow.data.archives import unpack
from ocrflow.errors import DataError, OutsideError, UsageError

FILES = {
    "set/train.txt": b"images/a.png\tab\n",
    "set/images/a.png": b"\x89PNG" + bytes(2000),
    "set/dict.txt": b"a\nb\n",
}
UNPACKED = {name.removeprefix("set/"): content for name, content in FILES.items()}


def tar_of(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return path


def entry(
    name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(content), kind, link
    return info, content


def good_tar(path: Path, mode: str = "w") -> Path:
    return tar_of(path, [entry(name, content) for name, content in FILES.items()], mode)


def zip_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    return path


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def nothing_written(root: Path) -> Iterator[None]:
    """Whatever is below `root` is the same afterwards: names, content, links."""

    def look() -> list[tuple[str, bytes | None]]:
        return sorted((str(path), path.read_bytes() if path.is_file() else None) for path in root.rglob("*"))

    before = look()
    yield
    assert look() == before


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2"])
def test_a_tar_unpacks_without_its_top_folder(mode: str, tmp_path: Path) -> None:
    archive = good_tar(tmp_path / "set.bin", mode)
    assert unpack(archive, tmp_path / "new" / "dest") == (tmp_path / "new" / "dest").resolve()
    assert content_of(tmp_path / "new" / "dest") == UNPACKED
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["dest"]


def test_a_zip_unpacks_without_its_top_folder(tmp_path: Path) -> None:
    unpack(zip_of(tmp_path / "set.zip", {"set/": b"", **FILES}), tmp_path / "dest")
    assert content_of(tmp_path / "dest") == UNPACKED


def test_files_at_the_top_stay_where_they_are(tmp_path: Path) -> None:
    archive = tar_of(
        tmp_path / "a.tar", [entry("./", kind=tarfile.DIRTYPE), entry("./train.txt", b"x"), entry("images//a", b"y")]
    )
    assert content_of(unpack(archive, tmp_path / "dest")) == {"train.txt": b"x", "images/a": b"y"}


def test_what_macos_adds_at_the_top_is_left_out(tmp_path: Path) -> None:
    files = {"._set": b"mac", "__MACOSX/set/._a": b"mac", **FILES}
    assert content_of(unpack(zip_of(tmp_path / "a.zip", files), tmp_path / "dest")) == UNPACKED


def test_an_empty_folder_is_filled_and_a_full_one_is_not(tmp_path: Path) -> None:
    archive, dest = good_tar(tmp_path / "a.tar"), tmp_path / "dest"
    dest.mkdir()
    unpack(archive, dest)
    with nothing_written(tmp_path), pytest.raises(UsageError, match="nothing is overwritten"):
        unpack(archive, dest)


def test_permissions_are_the_usual_ones(tmp_path: Path) -> None:
    info, content = entry("set/tool", b"#!/bin/sh\n")
    info.mode = 0o6777
    dest = unpack(tar_of(tmp_path / "a.tar", [(info, content)]), tmp_path / "dest")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((dest / "tool").stat().st_mode) == 0o666 & ~umask
    assert stat.S_IMODE(dest.stat().st_mode) == 0o777 & ~umask


@pytest.mark.parametrize(
    "bad",
    [
        entry("../evil", b"x"),
        entry("set/../../evil", b"x"),
        entry("/tmp/ocrflow-test-evil", b"x"),
        entry("set/link", kind=tarfile.SYMTYPE, link="/etc"),
        entry("set/link", kind=tarfile.SYMTYPE, link="train.txt"),
        entry("set/link", kind=tarfile.LNKTYPE, link="set/train.txt"),
        entry("set/link", kind=tarfile.LNKTYPE, link="../../outside"),
        entry("set/device", kind=tarfile.CHRTYPE),
        entry("set/disk", kind=tarfile.BLKTYPE),
        entry("set/pipe", kind=tarfile.FIFOTYPE),
        entry("C:/evil", b"x"),
        entry("set\\..\\evil", b"x"),
        entry("\\\\server\\evil", b"x"),
        entry("SET/Train.TXT", b"other"),
        entry("set/train.txt", b"other"),
        entry("set/train.txt/below", b"x"),
        entry("set/images", b"x"),
        entry("set/IMAGES", b"x"),
        entry("SET/dict.txt/below", b"x"),
        entry("set/e\u0301.png", b"other"),
    ],
    ids=lambda member: f"{member[0].type.decode()}-{member[0].name}",
)
def test_a_forbidden_member_is_named_and_nothing_is_written(bad: tuple[tarfile.TarInfo, bytes], tmp_path: Path) -> None:
    good = [entry(name, content) for name, content in FILES.items()] + [entry("set/\u00e9.png", b"one")]
    work = tmp_path / "work"
    work.mkdir()
    archive = tar_of(work / "a.tar", [*good, bad])
    with nothing_written(tmp_path), pytest.raises(DataError) as error:
        unpack(archive, work / "dest")
    assert repr(bad[0].name) in str(error.value)
    assert not Path("/tmp/ocrflow-test-evil").exists()


def test_files_behind_a_link_do_not_reach_its_target(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    members = [entry("set/link", kind=tarfile.SYMTYPE, link=str(outside)), entry("set/link/evil", b"x")]
    archive = tar_of(tmp_path / "a.tar", members)
    with nothing_written(tmp_path), pytest.raises(DataError, match="set/link"):
        unpack(archive, tmp_path / "dest")


@pytest.mark.parametrize("name", ["../evil", "/tmp/ocrflow-test-evil", "a/../../evil", "C:evil", "a\\b"])
def test_a_forbidden_name_in_a_zip(name: str, tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.zip", {"train.txt": b"x", name: b"evil"})
    with nothing_written(tmp_path), pytest.raises(DataError) as error:
        unpack(archive, tmp_path / "dest")
    assert repr(name) in str(error.value)


def test_a_link_in_a_zip(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as pack:
        pack.writestr(info, "/etc/passwd")
    with nothing_written(tmp_path), pytest.raises(DataError, match="'link' is a link or a device"):
        unpack(tmp_path / "a.zip", tmp_path / "dest")


def test_the_same_file_twice_is_no_collision(tmp_path: Path) -> None:
    archive = tar_of(tmp_path / "a.tar", [entry("a", b"x"), entry("a", b"x"), entry("b", b"x")])
    assert content_of(unpack(archive, tmp_path / "dest")) == {"a": b"x", "b": b"x"}


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_bomb_stops_at_the_limit(kind: str, tmp_path: Path) -> None:
    archive, zeros = tmp_path / f"a.{kind}", bytes(3_000_000)
    if kind == "zip":
        zip_of(archive, {"a": b"x", "zeros": zeros})
    else:
        tar_of(archive, [entry("a", b"x"), entry("zeros", zeros)], "w:gz")
    assert archive.stat().st_size < 10_000
    with (
        nothing_written(tmp_path),
        pytest.raises(DataError, match=r"'zeros' makes the archive too large.* 1000000 bytes"),
    ):
        unpack(archive, tmp_path / "dest", max_bytes=1_000_000)
    assert len(content_of(unpack(archive, tmp_path / "dest", max_bytes=3_000_001))) == 2


def test_too_many_members(tmp_path: Path) -> None:
    archive = tar_of(tmp_path / "a.tar", [entry(f"{number}") for number in range(6)])
    with nothing_written(tmp_path), pytest.raises(DataError, match="'5' is one too many: expected at most 5 members"):
        unpack(archive, tmp_path / "dest", max_members=5)


def test_a_huge_extended_header_is_not_read_into_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2**34
    with gzip.open(tmp_path / "a.tar.gz", "wb") as file:
        file.write(tar_bytes(entry("a", b"x")) + info.tobuf(tarfile.GNU_FORMAT) + bytes(2**20))
    with nothing_written(tmp_path), pytest.raises(DataError, match="17179869184 bytes"):
        unpack(tmp_path / "a.tar.gz", tmp_path / "dest")


def tar_bytes(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """Headers and contents without the end mark."""
    return b"".join(info.tobuf() + content + bytes(-len(content) % 512) for info, content in members)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2"])
def test_an_archive_cut_anywhere_is_refused(mode: str, tmp_path: Path) -> None:
    whole = good_tar(tmp_path / "whole", mode).read_bytes()
    used = len(tar_bytes(*(entry(name, content) for name, content in FILES.items())))
    end = used if mode == "w" else len(whole)
    archive = tmp_path / "cut"
    cuts = sorted(
        {0, 1, 5, 511, 512, 513, 1024, 1500, end // 2, end - 512, end - 9, end - 1, end if mode == "w" else 0}
    )
    for cut in (cut for cut in cuts if 0 <= cut <= end):
        archive.write_bytes(whole[:cut])
        with nothing_written(tmp_path), pytest.raises(DataError):
            unpack(archive, tmp_path / "dest")


def test_a_damaged_header_in_the_middle_does_not_end_the_archive_in_silence(tmp_path: Path) -> None:
    first, second = tar_bytes(entry("a", b"x")), bytearray(tar_bytes(entry("b", b"y")))
    second[150] ^= 1
    (tmp_path / "a.tar").write_bytes(first + second + bytes(1024))
    with nothing_written(tmp_path), pytest.raises(DataError, match="damaged"):
        unpack(tmp_path / "a.tar", tmp_path / "dest")


def test_a_changed_byte_is_seen_by_the_checksum(tmp_path: Path) -> None:
    noise = os.urandom(5000)
    for name in ("a.zip", "a.tar.gz"):
        archive = tmp_path / name
        zip_of(archive, {"a": noise}) if name == "a.zip" else tar_of(archive, [entry("a", noise)], "w:gz")
        damaged = bytearray(archive.read_bytes())
        damaged[2500] ^= 1
        archive.write_bytes(damaged)
        with nothing_written(tmp_path), pytest.raises(DataError):
            unpack(archive, tmp_path / "dest")


def test_what_follows_the_end_is_not_dropped_in_silence(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes((tar_bytes(entry("a", b"x")) + bytes(1024)) * 2)
    with nothing_written(tmp_path), pytest.raises(DataError, match="more after the end mark"):
        unpack(tmp_path / "a.tar", tmp_path / "dest")


def test_no_archive_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"<!DOCTYPE html><html>please log in</html>" * 40)
    with nothing_written(tmp_path), pytest.raises(DataError, match=r"expected a tar.*<!DOCTYPE html"):
        unpack(tmp_path / "a.tar", tmp_path / "dest")
    (tmp_path / "b.tar").write_bytes(bytes(10240))
    with nothing_written(tmp_path), pytest.raises(DataError, match="holds none"):
        unpack(tmp_path / "b.tar", tmp_path / "dest")
    with pytest.raises(UsageError, match="no such file"):
        unpack(tmp_path / "c.tar", tmp_path / "dest")


@contextmanager
def largest_file(num_bytes: int) -> Iterator[None]:
    """The system refuses to write files that are larger, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_refuses_is_an_outside_error(tmp_path: Path) -> None:
    archive = tar_of(tmp_path / "a.tar", [entry("a", bytes(300_000))])
    with nothing_written(tmp_path), largest_file(100_000), pytest.raises(OutsideError, match="File too large"):
        unpack(archive, tmp_path / "dest")
