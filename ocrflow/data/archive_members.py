"""What an archive holds, one member after the other, in one pass and in little memory; links and devices refused.

`tarfile` takes a damaged header in the middle for the end of the archive, never looks at what follows the end (where
gzip keeps its checksum) and reads extended headers of any size into memory. `_TarStream` stands between to see that.
"""

from __future__ import annotations

import bz2
import gzip
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, cast

from ocrflow.errors import DataError

_READ_MAX_BYTES = 16 * 2**20
_PADDING_MAX_BYTES = 64 * 2**20
_END_OF_TAR = bytes(tarfile.BLOCKSIZE)
_SPECIAL = "expected only files and folders (links and devices are refused)"


@dataclass(frozen=True)
class Member:
    """A file or a folder of an archive; `open` gives its bytes and holds only until the next member is asked for."""

    name: str
    num_bytes: int
    is_folder: bool
    open: Callable[[], IO[bytes]]


def members_of(archive: Path, root: Path) -> Iterator[Member]:
    """The members of a tar, tar.gz, tar.bz2 or zip, told apart by the first bytes; `root` is where they will go.

    Raises:
        DataError: a member is neither a file nor a folder, or is encrypted; or this is no archive.
        tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error: the archive is damaged.
    """
    with archive.open("rb") as file:
        start = file.read(4)
    if start in (b"PK\3\4", b"PK\5\6"):
        return _zip_members(archive)
    if start.startswith(b"\x1f\x8b"):
        return _tar_members(archive, cast(IO[bytes], gzip.open(archive)), root)
    if start.startswith(b"BZh"):
        return _tar_members(archive, cast(IO[bytes], bz2.open(archive)), root)
    return _tar_members(archive, archive.open("rb"), root)


def _zip_members(archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as pack:
        for info in pack.infolist():
            if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise DataError(f"{archive}: member {info.filename!r} is a link or a device; {_SPECIAL}")
            if info.flag_bits & 1:
                raise DataError(
                    f"{archive}: member {info.filename!r} is encrypted; expected an archive without password"
                )
            yield Member(info.filename, info.file_size, info.is_dir(), partial(pack.open, info))


def _tar_members(archive: Path, file: IO[bytes], root: Path) -> Iterator[Member]:
    with file:
        stream = _TarStream(file)
        with _open_tar(archive, stream) as tar:
            while (info := tar.next()) is not None:
                if not (info.isreg() or info.isdir()):
                    raise DataError(f"{archive}: member {info.name!r} is a link or a device; {_SPECIAL}")
                yield Member(info.name, info.size, info.isdir(), partial(_open_filtered, tar, info, root))
                tar.members.clear()  # type: ignore[attr-defined]  # else each header stays in memory
        stream.check_end()


def _open_filtered(tar: tarfile.TarFile, info: tarfile.TarInfo, root: Path) -> IO[bytes]:
    tarfile.data_filter(info, str(root))
    return cast(IO[bytes], tar.extractfile(info))


def _open_tar(archive: Path, stream: _TarStream) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=cast(IO[bytes], stream), mode="r:")
    except tarfile.ReadError as error:
        stream.seek(0)
        got = f"it begins with {stream.read(16)!r}"
        raise DataError(
            f"{archive}: expected a tar, tar.gz, tar.bz2 or zip archive, got something else ({got})",
            fix="download it again; a page of a proxy or a login may have been saved in its place",
        ) from error


class _TarStream:
    """A tar's bytes, uncompressed: at most 16 MiB a read; remembers the last read, which a good tar's end mark ends."""

    def __init__(self, file: IO[bytes]):
        self.file = file
        self.last = b""

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _READ_MAX_BYTES:
            raise tarfile.ReadError(f"a header of {size} bytes")
        self.last = self.file.read(size)
        return self.last

    def seek(self, offset: int) -> int:
        return self.file.seek(offset)

    def tell(self) -> int:
        return self.file.tell()

    def seekable(self) -> bool:
        return True

    def check_end(self) -> None:
        """Read to the end (gzip and bzip2 compare their checksums there); only the end mark and zeros may be left."""
        if self.last != _END_OF_TAR:
            raise tarfile.ReadError("no end mark where the next header was expected")
        num_bytes = 0
        while rest := self.file.read(2**20):
            num_bytes += len(rest)
            if rest.strip(b"\0") or num_bytes > _PADDING_MAX_BYTES:
                raise tarfile.ReadError("there is more after the end mark")
