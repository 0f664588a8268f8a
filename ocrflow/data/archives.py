"""Unpacking an archive from elsewhere (tar, tar.gz, tar.bz2, zip) without letting it write outside its folder.

The rules are those of `tarfile.data_filter` (PEP 706), and stricter: no links and no devices at all, no name that is
absolute, holds `..`, a backslash or a drive letter, no two names that are one on a disk that ignores case, and an end
to how much may come out. It happens in a folder beside the target that is renamed at the end: all or nothing.
"""

from __future__ import annotations

import errno
import lzma
import shutil
import struct
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path

from ocrflow.data.archive_filler import Filler
from ocrflow.data.archive_members import members_of
from ocrflow.errors import DataError, OutsideError, UsageError

MAX_BYTES = 20 * 2**30
MAX_MEMBERS = 2_000_000

_BROKEN = (
    *(tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, struct.error),
    *(ValueError, NotImplementedError),
)
_BAD_NAME = (None, errno.ENAMETOOLONG, errno.EILSEQ)


def unpack(archive: Path, dest: Path, *, max_bytes: int = MAX_BYTES, max_members: int = MAX_MEMBERS) -> Path:
    """Unpack `archive` into the new or empty folder `dest` and return it.

    A single folder at the top of the archive is left out, so `dest` holds `train.txt` and not `NAME/train.txt`;
    what macOS adds beside it (`._NAME`, `__MACOSX`) is left out too. Files get the usual permissions, none of the
    archive's. On any error `dest` is as it was.

    Args:
        max_bytes: how many bytes the files may have together.
        max_members: how many files and folders there may be.

    Raises:
        UsageError: `archive` is no file, or `dest` holds something.
        DataError: not an archive, a damaged one, one with a forbidden member (which is named), or one too large.
        OutsideError: the disk is full or cannot be written.
    """
    dest = dest.resolve()
    _check_arguments(archive, dest)
    work: Path | None = None
    try:
        dest.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{dest.name}.unpacking-", dir=dest.parent))
        filled = _fill(work, archive, max_bytes, max_members)
        if dest.exists():
            dest.rmdir()
        filled.rename(dest)
    except _BROKEN as error:
        raise _broken(archive, error) from error
    except OSError as error:
        if error.errno in _BAD_NAME:
            raise _broken(archive, error) from error
        reason = error.strerror or str(error)
        raise OutsideError(f"cannot unpack {archive} to {dest}: {reason}", fix=f"check: df -h {dest.parent}") from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
    return dest


def _check_arguments(archive: Path, dest: Path) -> None:
    if not archive.is_file():
        raise UsageError(f"{archive}: no such file; expected an archive (tar, tar.gz, tar.bz2 or zip)")
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise UsageError(f"{dest}: expected a new or empty folder; nothing is overwritten", fix="name another folder")


def _broken(archive: Path, error: Exception) -> DataError:
    return DataError(f"{archive}: the archive is damaged or cut short: {error}", fix="download it again")


def _fill(work: Path, archive: Path, max_bytes: int, max_members: int) -> Path:
    """Unpack into `work`; returns the folder whose content is the dataset's."""
    root = work / "content"
    root.mkdir()
    filler = Filler(root, archive, max_bytes, max_members)
    for member in members_of(archive, root):
        filler.add(member)
    if not filler.files:
        raise DataError(f"{archive}: expected files, the archive holds none", fix="download it again")
    top = [path for path in root.iterdir() if path.name != "__MACOSX" and not path.name.startswith("._")]
    return top[0] if len(top) == 1 and top[0].is_dir() else root
